package dev.freshet.direct;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a try: twice as long each time up to a cap, and of that a random part of half or more. */
final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(20).toNanos();
    private static final long CAP_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MOST_DOUBLINGS = 20;

    private Backoff() {}

    /**
     * Returns the wait in nanoseconds.
     *
     * @param failed how many tries have failed, from 1
     */
    static long nanos(int failed) {
        long full = Math.min(CAP_NANOS, FIRST_NANOS << Math.min(MOST_DOUBLINGS, failed - 1));
        return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }
}
