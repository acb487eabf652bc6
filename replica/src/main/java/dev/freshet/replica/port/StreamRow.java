package dev.freshet.replica.port;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a replica remembers of one of its streams.
 *
 * @param stream the stream
 * @param topic its topic
 * @param topicId the id of the topic from which the table was filled; empty before the first fill
 * @param fill the number of the fill that the table holds; 0 before the first
 * @param refill why the table must be filled anew, or null
 * @param atEnd when the copy was last at the log's end, or null before the first fill
 * @param rowsFilled how many rows the fill brought
 * @param parkedKeys how many of its keys are parked; told by {@link StreamRows#read} alone, and stored elsewhere
 */
public record StreamRow(
        String stream,
        String topic,
        String topicId,
        long fill,
        @Nullable String refill,
        @Nullable Instant atEnd,
        long rowsFilled,
        long parkedKeys) {
    /** Creates a row of which it is not asked how many keys are parked. */
    public StreamRow(
            String stream,
            String topic,
            String topicId,
            long fill,
            @Nullable String refill,
            @Nullable Instant atEnd,
            long rowsFilled) {
        this(stream, topic, topicId, fill, refill, atEnd, rowsFilled, 0);
    }

    /** Returns whether the table holds a fill that may be applied to. */
    public boolean filled() {
        return fill > 0 && refill == null;
    }
}
