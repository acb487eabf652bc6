package dev.freshet.stream;

import dev.freshet.model.ledger.OffsetVector;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Since when a copy has certainly missed nothing that compaction may have taken: the time at which it was last at the
 * log's end.
 *
 * <p>Sampling the ends at T and passing them later proves that everything appended before T was read. What was appended
 * after T is safe for {@link TopicFacts#awayLimit}: below {@code min.compaction.lag.ms} no version of a row is compacted
 * away, below {@code delete.retention.ms} no tombstone. Once the limit has been exceeded, reaching the end again proves
 * nothing (a tombstone may be gone): {@link #expired} stays true and the copy must be filled anew.
 *
 * <p>The copy stores {@link #at()} and hands it in again after a restart. Belongs to one thread.
 */
public final class LogEnd {
    private final Duration awayLimit;
    private Instant at;
    private boolean expired;
    private @Nullable Instant sampledAt;
    private Map<String, OffsetVector> sampledEnds = Map.of();

    /**
     * Creates the watch.
     *
     * @param at when the copy was last at the log's end, as stored; for a fill, when it began
     * @param awayLimit the shortest {@link TopicFacts#awayLimit} of its topics
     */
    public LogEnd(Instant at, Duration awayLimit) {
        this.at = Objects.requireNonNull(at, "at");
        this.awayLimit = Objects.requireNonNull(awayLimit, "awayLimit");
    }

    /**
     * Takes a sample of the ends, unless an earlier one has not been passed yet.
     *
     * @param time the time <em>before</em> the brokers were asked
     * @param ends by topic, as {@link StreamReader#endOffsets} gives them
     */
    public void sampled(Instant time, Map<String, OffsetVector> ends) {
        if (sampledAt == null && time.isAfter(at)) {
            sampledAt = time;
            sampledEnds = Map.copyOf(ends);
        }
    }

    /**
     * Tells the positions that the copy has committed.
     *
     * @param positions by topic
     * @param now the time
     * @return whether {@link #at()} has moved and is to be stored
     */
    public boolean passed(Map<String, OffsetVector> positions, Instant now) {
        if (expired(now) || sampledAt == null || !OffsetVectors.covers(positions, sampledEnds)) {
            return false;
        }
        at = sampledAt;
        sampledAt = null;
        return true;
    }

    /** Returns when the copy was last at the log's end. */
    public Instant at() {
        return at;
    }

    /** Returns whether the copy has been away from the log's end for too long and must be filled anew. */
    public boolean expired(Instant now) {
        expired |= Duration.between(at, now).compareTo(awayLimit) >= 0;
        return expired;
    }
}
