package dev.freshet.direct;

import java.time.Duration;
import org.slf4j.Logger;

/** Tells a kind of trouble once, then every half minute at most, with how often it was there. Safe to share between threads. */
final class SeldomLog {
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Logger log;
    private long told = System.nanoTime() - PAUSE_NANOS;
    private long untold;

    SeldomLog(Logger log) {
        this.log = log;
    }

    synchronized void warn(String message) {
        long now = System.nanoTime();
        if (now - told < PAUSE_NANOS) {
            untold++;
            log.debug("{}", message);
            return;
        }
        log.warn("{}{}", message, untold == 0 ? "" : " (and " + untold + " times since it was last told)");
        told = now;
        untold = 0;
    }
}
