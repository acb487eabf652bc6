package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class InterruptedCloseFilterTest {
    private static FilterReply decide(String logger, Throwable thrown) {
        return new InterruptedCloseFilter()
                .decide(null, new LoggerContext().getLogger(logger), Level.ERROR, "a message", null, thrown);
    }

    @Test
    void onlyTheProducersInterruption_isKeptBack() {
        String producer = "org.apache.kafka.clients.producer.KafkaProducer";
        assertEquals(FilterReply.DENY, decide(producer, new InterruptedException()));
        assertEquals(FilterReply.NEUTRAL, decide(producer, new IOException()));
        assertEquals(FilterReply.NEUTRAL, decide("another", new InterruptedException()));
    }
}
