package dev.freshet.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row, ready for its topic.
 *
 * <p>Holds its arrays without copying them, since millions pass: neither side may write to them.
 */
public final class Change implements TopicRecord {
    private final String stream;
    private final Op op;
    private final Position position;
    private final Instant committedAt;
    private final byte[] key;
    private final byte @Nullable [] value;
    private final String schemaVersion;
    private final boolean readBack;

    /**
     * Creates a change.
     *
     * @param stream the stream's name
     * @param op what happened; {@link Op#DELETE} if and only if there is no value
     * @param position where it was committed
     * @param committedAt when it was committed, by the source's clock
     * @param key the key as a JSON object, UTF-8
     * @param value the row as a JSON object, UTF-8, or null for a delete
     * @param schemaVersion the version of the stream's schema record
     * @param readBack whether a part of the value was read from the table and may be newer than the position
     */
    public Change(
            String stream,
            Op op,
            Position position,
            Instant committedAt,
            byte[] key,
            byte @Nullable [] value,
            String schemaVersion,
            boolean readBack) {
        if ((op == Op.DELETE) != (value == null)) {
            throw new IllegalArgumentException("A change of stream '" + stream + "' at " + position + " has operation "
                    + op + (value == null ? " but no value" : " and a value"));
        }
        this.stream = Objects.requireNonNull(stream, "stream");
        this.op = op;
        this.position = Objects.requireNonNull(position, "position");
        this.committedAt = Objects.requireNonNull(committedAt, "committedAt");
        this.key = Objects.requireNonNull(key, "key");
        this.value = value;
        this.schemaVersion = Objects.requireNonNull(schemaVersion, "schemaVersion");
        this.readBack = readBack;
    }

    /** Returns the stream's name. */
    @Override
    public String stream() {
        return stream;
    }

    /** Returns what happened. */
    public Op op() {
        return op;
    }

    /** Returns where it was committed. */
    @Override
    public Position position() {
        return position;
    }

    /** Returns when it was committed, by the source's clock. */
    @Override
    public Instant committedAt() {
        return committedAt;
    }

    /** Returns the key as a JSON object; not to be written to. */
    @Override
    public byte[] key() {
        return key;
    }

    /** Returns the row as a JSON object, or null for a delete; not to be written to. */
    @Override
    public byte @Nullable [] value() {
        return value;
    }

    /** Returns the version of the schema record that describes the value. */
    public String schemaVersion() {
        return schemaVersion;
    }

    /** Returns whether a part of the value was read from the table and may be newer than the position. */
    public boolean readBack() {
        return readBack;
    }

    /** Returns the size of key and value in bytes. */
    @Override
    public int bytes() {
        return key.length + (value == null ? 0 : value.length);
    }

    /** Names the change without its data. */
    @Override
    public String toString() {
        return stream + ' ' + op + " at " + position;
    }
}
