package dev.freshet.capture.postgres;

import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.internal.OutboxRow;
import dev.freshet.model.event.OutboxColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How events are read from the outbox table's rows of one description. Belongs to the reader's thread. */
final class OutboxPlan {
    private static final int HEX_PREFIX = 2;

    private final RelationMessage relation;
    private final Map<OutboxColumn, Integer> fields = new EnumMap<>(OutboxColumn.class);

    private OutboxPlan(RelationMessage relation) {
        this.relation = relation;
    }

    /**
     * Returns how rows of a description are read.
     *
     * @throws IllegalArgumentException if it lacks a column, with its name
     */
    static OutboxPlan of(RelationMessage relation) {
        OutboxPlan plan = new OutboxPlan(relation);
        for (OutboxColumn column : OutboxColumn.values()) {
            plan.fields.put(column, index(relation, column.text()));
        }
        return plan;
    }

    private static int index(RelationMessage relation, String name) {
        for (int i = 0; i < relation.columns().size(); i++) {
            if (relation.columns().get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the outbox table has no column '" + name + "' any more");
    }

    /**
     * Reads a row.
     *
     * @throws IllegalArgumentException if it is no row of an outbox table, without its data
     */
    OutboxReader.Row read(byte[] in, Tuple row) {
        row.requireFields(relation.columns().size());
        byte[] hex = bytes(in, row, OutboxColumn.PAYLOAD_BYTES);
        return OutboxRow.of(
                UUID.fromString(required(in, row, OutboxColumn.ID)),
                required(in, row, OutboxColumn.STREAM),
                text(in, row, OutboxColumn.KEY),
                required(in, row, OutboxColumn.TYPE),
                required(in, row, OutboxColumn.CONTENT_TYPE),
                text(in, row, OutboxColumn.HEADERS),
                bytes(in, row, OutboxColumn.PAYLOAD),
                hex == null
                        ? null
                        : HexFormat.of().parseHex(new String(hex, StandardCharsets.US_ASCII).substring(HEX_PREFIX)));
    }

    private String required(byte[] in, Tuple row, OutboxColumn column) {
        String text = text(in, row, column);
        if (text == null) {
            throw new IllegalArgumentException(column.text() + " is null");
        }
        return text;
    }

    private @Nullable String text(byte[] in, Tuple row, OutboxColumn column) {
        int field = field(column);
        int length = row.count[field];
        return length < 0 ? null : new String(in, row.from[field], length, StandardCharsets.UTF_8);
    }

    private byte @Nullable [] bytes(byte[] in, Tuple row, OutboxColumn column) {
        int field = field(column);
        int length = row.count[field];
        return length < 0 ? null : Arrays.copyOfRange(in, row.from[field], row.from[field] + length);
    }

    private int field(OutboxColumn column) {
        return Objects.requireNonNull(fields.get(column));
    }
}
