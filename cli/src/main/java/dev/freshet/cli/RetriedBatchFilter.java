package dev.freshet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps back what Kafka's producer warns of when a transaction's first batch meets the markers of its producer's last one. A commit
 * returns before they are written (KIP-890), and a broker that is short of processor time then answers
 * {@code CONCURRENT_TRANSACTIONS}; a second batch for that partition, sent meanwhile, is out of order until the first is there.
 * The client sends both again by itself, in their order. Where it gives up, it says so in other words.
 */
final class RetriedBatchFilter extends TurboFilter {
    private static final String LOGGER = "org.apache.kafka.clients.producer.internals.Sender";
    /** Kafka's client puts the values in by itself. */
    private static final Pattern RETRIED = Pattern.compile(
            "Got error produce response .*, retrying \\(.*Error: (CONCURRENT_TRANSACTIONS|OUT_OF_ORDER_SEQUENCE_NUMBER)");

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger from,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable t) {
        // a call without a format asks whether the level is on
        return format != null
                        && level.equals(Level.WARN)
                        && from.getName().equals(LOGGER)
                        && RETRIED.matcher(format).find()
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
