package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.apache.kafka.clients.producer.internals.Sender;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.LogContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged the way Kafka's producer does it. */
class RetriedBatchFilterTest {
    private static final String RETRIED = "Got error produce response with correlation id {} on topic-partition {},"
            + " retrying ({} attempts left). Error: {}";

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
    private final RetriedBatchFilter filter = new RetriedBatchFilter();

    @BeforeEach
    void listen() {
        context.addTurboFilter(filter);
        seen.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(seen);
    }

    @AfterEach
    void leave() {
        context.getTurboFilterList().remove(filter);
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(seen);
    }

    private static org.slf4j.Logger logger(Class<?> of) {
        return new LogContext("[Producer clientId=a, transactionalId=b] ").logger(of);
    }

    private List<String> endsSeen() {
        return seen.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .map(m -> m.substring(m.lastIndexOf(' ') + 1))
                .toList();
    }

    @Test
    void batchThatMeetsTheMarkersOfTheLastTransaction_andOneBehindIt_areKeptBack() {
        logger(Sender.class).warn(RETRIED, 17, "shop.orders-0", 99, Errors.CONCURRENT_TRANSACTIONS);
        logger(Sender.class).warn(RETRIED, 18, "shop.orders-0", 99, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertEquals(List.of(), endsSeen());
    }

    @Test
    void whatElseIsRetried_orIsNoWarning_orIsAnothers_isSeen() {
        logger(Sender.class).warn(RETRIED, 17, "shop.orders-0", 99, Errors.NOT_LEADER_OR_FOLLOWER);
        logger(Sender.class).warn("Gave up: {}", Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        logger(Sender.class).error(RETRIED, 17, "shop.orders-0", 99, Errors.CONCURRENT_TRANSACTIONS);
        logger(RetriedBatchFilterTest.class).warn(RETRIED, 17, "shop.orders-0", 99, Errors.CONCURRENT_TRANSACTIONS);
        assertEquals(
                List.of(
                        "NOT_LEADER_OR_FOLLOWER",
                        "OUT_OF_ORDER_SEQUENCE_NUMBER",
                        "CONCURRENT_TRANSACTIONS",
                        "CONCURRENT_TRANSACTIONS"),
                endsSeen());
    }
}
