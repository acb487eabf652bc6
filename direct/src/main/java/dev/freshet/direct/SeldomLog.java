package dev.freshet.direct;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a kind of trouble once, then every half minute at most, with how often it was there. Safe to share between threads. */
final class SeldomLog {
    /** A name of its own, so that who expects outages can leave them out, and hears of all else. */
    private static final String OUTAGES = "dev.freshet.direct.Outages";

    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Logger log;
    private long told = System.nanoTime() - PAUSE_NANOS;
    private long untold;

    SeldomLog(Logger log) {
        this.log = log;
    }

    /** Returns a log for what passes by itself once Kafka or the database is back. */
    static SeldomLog ofOutages() {
        return new SeldomLog(LoggerFactory.getLogger(OUTAGES));
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
