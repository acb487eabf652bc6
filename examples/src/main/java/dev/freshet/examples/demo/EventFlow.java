package dev.freshet.examples.demo;

import dev.freshet.examples.shipping.OrderEventReader;
import dev.freshet.examples.shop.EventTables;
import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.examples.shop.PublishWay;
import dev.freshet.model.FreshetException;
import dev.freshet.server.ServerStatus;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** The shop's events on their way to shipping, from the tables that they need to the comparison. Belongs to one thread. */
final class EventFlow implements AutoCloseable {
    /** The topic's partitions, whoever makes it. */
    static final int PARTITIONS = 2;

    private static final Duration RELAY_LIMIT = Duration.ofMinutes(5);
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(1);
    private static final Duration END_LIMIT = Duration.ofMinutes(1);
    private static final long LOOK_MILLIS = 100;

    private final DemoServers servers;
    private final PublishWay way;
    private final EventComparison.Start start;
    private final MeasuredEvents events;
    private final OrderEventReader reader;
    private @Nullable Exception unfinished;

    private EventFlow(
            DemoServers servers,
            PublishWay way,
            EventComparison.Start start,
            MeasuredEvents events,
            OrderEventReader reader) {
        this.servers = servers;
        this.way = way;
        this.start = start;
        this.events = events;
        this.reader = reader;
    }

    /** Makes what a way needs and its relay does not make: before that relay is started. */
    static void prepare(DemoServers servers, PublishWay way) throws SQLException, IOException, InterruptedException {
        try (Connection shop = servers.shop();
                Connection shipping = servers.shipping()) {
            EventTables.create(shop, way);
            OrderEventReader.createTables(shipping);
        }
        if (!way.isRelayed()) {
            makeTopic(servers.bootstrapServers(), way.topic());
        }
    }

    private static void makeTopic(String bootstrapServers, String topic) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IOException("The topic '" + topic + "' could not be made: " + e.getCause(), e);
            }
        }
    }

    /** Starts it; shipping reads from where it was. */
    static EventFlow start(DemoServers servers, PublishWay way) throws SQLException {
        EventComparison.Start start;
        try (Connection shop = servers.shop();
                Connection shipping = servers.shipping()) {
            start = EventComparison.Start.now(shop, shipping);
        }
        MeasuredEvents events = new MeasuredEvents(way.open(servers.bootstrapServers(), servers.shopSource()));
        OrderEventReader reader =
                OrderEventReader.start(servers::shipping, servers.bootstrapServers(), way.topic(), events::arrived);
        return new EventFlow(servers, way, start, events, reader);
    }

    /**
     * Waits until the shop may publish. A message that was written before the relay followed the log is in no log that it reads;
     * by the other ways nothing is missed.
     *
     * @param stop ends the waiting
     * @param look called meanwhile; what it throws ends the waiting
     * @throws FreshetException if the relay does not come
     */
    void awaitRelay(DemoServer server, CountDownLatch stop, Runnable look) throws InterruptedException {
        long until = System.nanoTime() + RELAY_LIMIT.toNanos();
        while (way == PublishWay.WAL_MESSAGE
                && !isFollowed(server.status())
                && !stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            look.run();
            if (System.nanoTime() > until) {
                throw new FreshetException("The relay does not follow the shop's log after " + RELAY_LIMIT.toMinutes()
                        + " minutes, and the shop has not opened: "
                        + String.join("; ", server.status().problems()));
            }
        }
    }

    private static boolean isFollowed(ServerStatus status) {
        return status.streams().stream()
                .anyMatch(s -> s.name().equals(OrderEvents.STREAM) && s.state().equals("running"));
    }

    /** Returns by which the shop publishes. */
    OrderEvents events() {
        return events;
    }

    /** Begins to measure how long they take. */
    void measure() {
        events.measure();
    }

    EventFigures now() {
        return new EventFigures(
                way,
                events.published(),
                reader.kept(),
                events.times().millis(50),
                events.times().millis(99));
    }

    /** Returns what failed, or null if nothing did. */
    @Nullable
    Exception failure() {
        return reader.failure() == null ? unfinished : reader.failure();
    }

    /**
     * Waits until all that the shop has committed has arrived, or nothing has come any more for a minute, and compares. The shop
     * has stopped.
     *
     * @param look called meanwhile; what it throws ends the waiting
     */
    EventDifference finish(Runnable look) throws SQLException, InterruptedException {
        try (Connection shop = servers.shop()) {
            shop.setAutoCommit(false);
            events.settle(shop);
        }
        long had = reader.kept();
        EventDifference found = compare();
        while (found.lost() > 0 && awaitMore(had + found.lost(), look)) {
            had = reader.kept();
            found = compare();
        }
        // what is doubled may stand at the topic's end
        if (!reader.finish(END_LIMIT)) {
            unfinished = new FreshetException("Shipping has not read the topic '" + way.topic() + "' to its end within "
                    + END_LIMIT.toSeconds() + " s: see Kafka's log");
        }
        return compare();
    }

    private EventDifference compare() throws SQLException {
        try (Connection shop = servers.shop();
                Connection shipping = servers.shipping()) {
            return EventComparison.compare(shop, shipping, start);
        }
    }

    /** Waits until the reader has kept so many; false if it keeps none any more. */
    private boolean awaitMore(long wanted, Runnable look) throws InterruptedException {
        long kept = reader.kept();
        long since = System.nanoTime();
        while (kept < wanted) {
            look.run();
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            long now = System.nanoTime();
            if (reader.kept() > kept) {
                kept = reader.kept();
                since = now;
            } else if (now - since > QUIET_LIMIT.toNanos() || reader.failure() != null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        try {
            reader.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            events.close();
        }
    }
}
