package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.freshet.direct.DirectPublisher;
import dev.freshet.outbox.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log leaves out where servers are killed on purpose. */
class LogSetupTest {
    private static final List<String> SILENCED = List.of("org.apache.kafka.clients", "dev.freshet.direct.Outages");

    private final List<ILoggingEvent> told = new CopyOnWriteArrayList<>();
    private final Logger publishers = logger("dev.freshet.direct");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            told.add(event);
        }
    };

    private static Logger logger(String name) {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
    }

    @BeforeEach
    void listen() {
        appender.setContext(publishers.getLoggerContext());
        appender.start();
        publishers.addAppender(appender);
    }

    @AfterEach
    void restore() {
        publishers.detachAppender(appender);
        SILENCED.forEach(name -> logger(name).setLevel(null));
    }

    private static String deadBroker() throws IOException {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + nobody.getLocalPort();
        }
    }

    /** Publishes an event that Kafka, which is away, does not take, and waits until that was told. */
    private void loseAnEvent() throws IOException {
        try (DirectPublisher direct =
                DirectPublisher.builder(Map.of("bootstrap.servers", deadBroker(), "request.timeout.ms", "500"))
                        .source("shop")
                        .stream("orders", "shop.orders")
                        .retryFor(Duration.ofSeconds(4))
                        .build()) {
            direct.publish(
                    Event.builder("orders", "order-placed").key("a").payload(1).build());
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.stream()
                    .anyMatch(e -> e.getMessage() != null
                            && e.getFormattedMessage().contains("was not sent by source 'shop'")));
        }
    }

    private List<ILoggingEvent> outages() {
        return told.stream()
                .filter(e -> e.getFormattedMessage().contains("parked keys of source 'shop' cannot be read"))
                .toList();
    }

    @Test
    void serversThatAreAway_areLeftOut_andEventsThatAreNowhereAreTold() throws Exception {
        LogSetup.expectKills();
        loseAnEvent();
        assertEquals(List.of(), outages());
    }

    @Test
    void withoutKills_bothAreTold() throws Exception {
        loseAnEvent();
        assertTrue(outages().stream().anyMatch(e -> e.getLevel() == Level.WARN), told.toString());
    }
}
