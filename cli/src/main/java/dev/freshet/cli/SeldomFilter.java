package dev.freshet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets each of one logger's warnings through no more often than once in a while, and its errors always. Each of Kafka's
 * clients warns of each attempt to reach a broker that is away: the first tells it all. A warning is known by its format, less
 * the client's name in brackets that begins it, so that another one is not held back.
 */
final class SeldomFilter extends TurboFilter {
    /** Formats are few; should a library build them from values, those beyond share one. */
    private static final int MOST_FORMATS = 100;

    private static final Pattern CLIENT = Pattern.compile("^\\[[^]]*] ");

    private final String logger;
    private final long pauseNanos;
    private final Map<String, AtomicLong> next = new ConcurrentHashMap<>();

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
        String known = CLIENT.matcher(format).replaceFirst("");
        String key = next.size() < MOST_FORMATS || next.containsKey(known) ? known : "";
        long now = System.nanoTime();
        AtomicLong due = next.computeIfAbsent(key, k -> new AtomicLong(now));
        long at = due.get();
        return now - at >= 0 && due.compareAndSet(at, now + pauseNanos) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
