package dev.freshet.replica.port;

import dev.freshet.model.Position;
import org.jspecify.annotations.Nullable;

/**
 * A partition as its owner took it over.
 *
 * @param stream the stream
 * @param fill the fill of its table
 * @param partition the partition's number
 * @param generation the owner's generation: only it may commit
 * @param nextOffset where to go on reading
 * @param position the last position applied
 * @param stopped why an earlier owner stopped it, or null
 */
public record Owned(
        String stream,
        long fill,
        int partition,
        long generation,
        long nextOffset,
        Position position,
        @Nullable String stopped) {
    /** Returns the partition moved on, and going again if it was stopped. */
    public Owned movedTo(long offset, Position last) {
        return new Owned(stream, fill, partition, generation, offset, last, null);
    }

    /** Returns the partition moved on past what has no record, and still stopped if it was. */
    public Owned passedTo(long offset) {
        return new Owned(stream, fill, partition, generation, offset, position, stopped);
    }

    /** Returns the partition, stopped. */
    public Owned stoppedBecause(String reason) {
        return new Owned(stream, fill, partition, generation, nextOffset, position, reason);
    }
}
