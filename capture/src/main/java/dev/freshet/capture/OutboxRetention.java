package dev.freshet.capture;

import java.time.Duration;
import java.util.Optional;

/**
 * How long an outbox table keeps events that are sent.
 *
 * @param keep how long after they were published, at least; zero for no longer than needed, empty for ever
 * @param partition of how much time each of its partitions holds the events: as a whole they are cleared
 */
public record OutboxRetention(Optional<Duration> keep, Duration partition) {
    /** What is kept by default: nothing longer than needed, in partitions of ten minutes. */
    public static final OutboxRetention DEFAULT =
            new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofMinutes(10));

    /** Rejects what is out of range. */
    public OutboxRetention {
        if (partition.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("A partition must hold a second or more, but would hold " + partition);
        }
        if (keep.isPresent() && keep.get().isNegative()) {
            throw new IllegalArgumentException("Events cannot be kept for " + keep.get());
        }
    }
}
