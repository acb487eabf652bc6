package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.simulation.Rules.Rule;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a reader sees of the ledger's records: what was written, or without a rule what keeps the reader from following it. */
final class RuledLedger {
    private final SimKafka kafka;
    private final Rules rules;
    private final Map<String, long[]> written = new HashMap<>();

    RuledLedger(SimKafka kafka, Rules rules) {
        this.kafka = kafka;
        this.rules = rules;
    }

    byte @Nullable [] seen(SimLog.Rec record) {
        byte[] value = record.value();
        if (value == null) {
            return null;
        }
        if (!rules.hold(Rule.REFILL_WHEN_TOPIC_MADE_AGAIN)) {
            // all topics of a name look alike
            value = new String(value, StandardCharsets.UTF_8)
                    .replaceAll("\"id\\++\"", "\"id\"")
                    .getBytes(StandardCharsets.UTF_8);
        }
        if (!LedgerKey.CURSOR.equals(record.key())) {
            return value;
        }
        if (!rules.hold(Rule.BOUNDARIES_ALONE)) {
            return LedgerCodec.encode(asBoundary(LedgerCodec.decodeCursor(value), record));
        }
        if (!rules.hold(Rule.ALL_RUN)) {
            return LedgerCodec.encode(asRunning(LedgerCodec.decodeCursor(value)));
        }
        if (!rules.hold(Rule.FILL_TO_WHAT_WAS_WRITTEN)) {
            return LedgerCodec.encode(asOfTheBeginning(LedgerCodec.decodeCursor(value)));
        }
        return value;
    }

    /** Each entry is a boundary, also in the midst of a transaction. */
    private Cursor asBoundary(Cursor c, SimLog.Rec record) {
        Boundary last = c.boundary();
        if (last == null) {
            return c;
        }
        Map<String, OffsetVector> offsets = new TreeMap<>(last.offsets());
        offsets.replaceAll((topic, vector) -> {
            long[] to = written.computeIfAbsent(topic, t -> vector.toArray());
            List<SimLog> logs = kafka.topics.getOrDefault(topic, List.of());
            for (int p = 0; p < Math.min(to.length, logs.size()); p++) {
                to[p] = Math.max(vector.offset(p), Math.max(to[p], record.writtenTo(logs.get(p))));
            }
            return OffsetVector.of(to);
        });
        Position write = c.atBoundary()
                ? c.write()
                : Position.boundary(c.epoch(), c.write().lsn() + c.write().ordinal());
        return with(c, write, new Boundary(write, last.completeTo(), offsets), true, c.streams());
    }

    /** Whoever reads rows anew counts as running. */
    private static Cursor asRunning(Cursor c) {
        Map<String, StreamEntry> streams = new HashMap<>(c.streams());
        streams.replaceAll((s, e) -> e.status() == StreamStatus.SNAPSHOTTING ? e.running(e.since()) : e);
        return with(c, c.write(), c.boundary(), c.atBoundary(), streams);
    }

    /** Nothing is known to be written when a fill begins. */
    private static Cursor asOfTheBeginning(Cursor c) {
        return with(c, Position.ZERO, c.boundary(), false, c.streams());
    }

    static Cursor with(
            Cursor c, Position write, @Nullable Boundary boundary, boolean at, Map<String, StreamEntry> streams) {
        return new Cursor(
                c.incarnation(),
                c.source(),
                c.epoch(),
                write,
                c.options(),
                boundary,
                c.wholeAt(),
                c.loss(),
                at,
                c.writtenAt(),
                streams);
    }
}
