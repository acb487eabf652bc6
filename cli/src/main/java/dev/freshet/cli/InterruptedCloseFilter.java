package dev.freshet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps back what Kafka's producer logs, with a stack trace, when it is interrupted while it is closed: that is how an agent
 * ends whose brokers are away, and the producer is closed all the same.
 */
final class InterruptedCloseFilter extends TurboFilter {
    private static final String LOGGER = "org.apache.kafka.clients.producer.KafkaProducer";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger from,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable t) {
        return t instanceof InterruptedException && from.getName().equals(LOGGER)
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
