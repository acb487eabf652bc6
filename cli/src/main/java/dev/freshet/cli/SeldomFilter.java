package dev.freshet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets one logger's warnings through no more often than once in a while, and its errors always. Each of Kafka's clients warns
 * of each attempt to reach a broker that is away: the first tells it all.
 */
final class SeldomFilter extends TurboFilter {
    private final String logger;
    private final long pauseNanos;
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    SeldomFilter(String logger, Duration pause) {
        this.logger = logger;
        this.pauseNanos = pause.toNanos();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger from,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable t) {
        // a call without a format asks whether the level is on
        if (format == null || !level.equals(Level.WARN) || !from.getName().equals(logger)) {
            return FilterReply.NEUTRAL;
        }
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + pauseNanos) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
