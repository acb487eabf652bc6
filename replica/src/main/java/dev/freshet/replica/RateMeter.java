package dev.freshet.replica;

import java.time.Duration;
import java.time.Instant;

/** A rate over the last seconds, from a counter that is looked at now and then. For any thread. */
final class RateMeter {
    private static final Duration WINDOW = Duration.ofSeconds(5);

    private Instant since;
    private long count;
    private Instant lastSince;
    private long lastCount;

    RateMeter(Instant start) {
        since = start;
        lastSince = start;
    }

    /** Returns how much the counter has grown a second since the begin of the window. */
    synchronized double rate(Instant now, long counter) {
        if (Duration.between(since, now).compareTo(WINDOW) > 0) {
            lastSince = since;
            lastCount = count;
            since = now;
            count = counter;
        }
        double seconds = Duration.between(lastSince, now).toNanos() / 1e9;
        return seconds <= 0 ? 0 : Math.max(0, (counter - lastCount) / seconds);
    }
}
