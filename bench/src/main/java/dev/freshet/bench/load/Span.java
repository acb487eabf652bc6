package dev.freshet.bench.load;

import java.time.Duration;
import java.time.Instant;

/**
 * What came, and when.
 *
 * @param first when the first row came
 * @param last when the last row came
 * @param rows how many rows there were, each counted once
 */
public record Span(Instant first, Instant last, long rows) {
    /** Returns the rows per second from the first to the last. */
    public double rate() {
        return rateSince(first);
    }

    /** Returns the rows per second from a time on to the last. */
    public double rateSince(Instant start) {
        long micros = Math.max(1, Duration.between(start, last).toNanos() / 1_000);
        return rows * 1e6 / micros;
    }
}
