package dev.freshet.stream;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record of a state stream: a {@link dev.freshet.model.Change} with the place where it stands in Kafka.
 *
 * <p>The arrays are not copied and not to be written to. {@link #toString} shows no data of the row.
 */
public final class StreamRecord {
    private final Partition partition;
    private final long offset;
    private final long timestampMillis;
    private final byte[] key;
    private final byte @Nullable [] value;
    private final Op op;
    private final Position position;
    private final String schemaVersion;
    private final boolean readBack;

    /**
     * Creates a record.
     *
     * @param partition where it stands
     * @param offset its offset
     * @param timestampMillis when the broker appended it, in milliseconds since 1970
     * @param key the key as a JSON object, UTF-8
     * @param value the row as a JSON object, UTF-8, or null for a delete
     * @param op what happened
     * @param position where in the source it was committed
     * @param schemaVersion the version of the stream's schema record that describes the value
     * @param readBack whether a part of the value was read from the table and may be newer than the position
     */
    public StreamRecord(
            Partition partition,
            long offset,
            long timestampMillis,
            byte[] key,
            byte @Nullable [] value,
            Op op,
            Position position,
            String schemaVersion,
            boolean readBack) {
        this.partition = Objects.requireNonNull(partition, "partition");
        this.offset = offset;
        this.timestampMillis = timestampMillis;
        this.key = Objects.requireNonNull(key, "key");
        this.value = value;
        this.op = Objects.requireNonNull(op, "op");
        this.position = Objects.requireNonNull(position, "position");
        this.schemaVersion = Objects.requireNonNull(schemaVersion, "schemaVersion");
        this.readBack = readBack;
    }

    /** Returns the partition in which it stands. */
    public Partition partition() {
        return partition;
    }

    /** Returns the topic in which it stands. */
    public String topic() {
        return partition.topic();
    }

    /** Returns its offset. */
    public long offset() {
        return offset;
    }

    /** Returns when the broker appended it, in milliseconds since 1970. */
    public long timestampMillis() {
        return timestampMillis;
    }

    /** Returns the key as a JSON object. */
    public byte[] key() {
        return key;
    }

    /** Returns the row as a JSON object, or null for a delete. */
    public byte @Nullable [] value() {
        return value;
    }

    /** Returns what happened. */
    public Op op() {
        return op;
    }

    /** Returns where in the source it was committed. */
    public Position position() {
        return position;
    }

    /** Returns the version of the stream's schema record that describes the value. */
    public String schemaVersion() {
        return schemaVersion;
    }

    /** Returns whether a part of the value was read from the table and may be newer than the position. */
    public boolean readBack() {
        return readBack;
    }

    /** Returns the record's CloudEvents id: the text of its position, as in the header {@code ce_id}; made on each call. */
    public String id() {
        return position.toString();
    }

    /** Returns the size of key and value in bytes. */
    public int bytes() {
        return key.length + (value == null ? 0 : value.length);
    }

    /** Returns where it stands, for messages: {@code topic-partition@offset}. */
    public String coordinates() {
        return partition.toString() + '@' + offset;
    }

    /** Names the record without its data. */
    @Override
    public String toString() {
        return coordinates() + ' ' + op + " at " + position;
    }
}
