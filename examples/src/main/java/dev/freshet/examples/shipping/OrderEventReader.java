package dev.freshet.examples.shipping;

import dev.freshet.examples.Reconnecting;
import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the shop's events in shipping's own database, each once: by its id, and with the place in the topic in the same
 * transaction. Wherever the process or a server dies, it goes on where that transaction says.
 *
 * <p>It reads all partitions by itself, in one thread; other methods may be called by any thread.
 */
public final class OrderEventReader {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long READY_WAIT_NANOS = 100_000_000;

    private final AtomicLong kept = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final String bootstrapServers;
    private final String topic;
    private final Consumer<UUID> listener;
    private final Thread thread;
    private volatile boolean finishing;
    private volatile boolean stopping;

    private OrderEventReader(
            Callable<Connection> connections, String bootstrapServers, String topic, Consumer<UUID> listener) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.listener = listener;
        this.thread = new Thread(() -> work(connections), "order-events");
        this.thread.setDaemon(true);
    }

    /**
     * Starts the reader; until the topic is there, it waits for it.
     *
     * @param connections gives a connection to its own database, which has {@link #createTables its tables}
     * @param bootstrapServers the Kafka
     * @param topic the topic of the events
     * @param listener told the id of each event once it is committed, again if the topic has it again; on the reader's thread
     */
    public static OrderEventReader start(
            Callable<Connection> connections, String bootstrapServers, String topic, Consumer<UUID> listener) {
        OrderEventReader reader = new OrderEventReader(connections, bootstrapServers, topic, listener);
        reader.thread.start();
        return reader;
    }

    /** Makes the tables that are not there yet: the events, with how often the topic had each, and the places in the topics. */
    public static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS order_event (
                        event_id uuid PRIMARY KEY,
                        arrival bigint GENERATED ALWAYS AS IDENTITY,
                        order_key text COLLATE "C" NOT NULL,
                        event_type text NOT NULL,
                        payload text,
                        publisher text,
                        times integer NOT NULL DEFAULT 1)""");
            // a database of a run before there was the column
            statement.execute("ALTER TABLE order_event ADD COLUMN IF NOT EXISTS publisher text");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS order_event_place (
                        topic text,
                        kafka_partition integer,
                        next_offset bigint NOT NULL,
                        PRIMARY KEY (topic, kafka_partition))""");
        }
    }

    private void work(Callable<Connection> connections) {
        try {
            Reconnecting.run(connections, () -> stopping, this::read);
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void read(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (OrderEventTable table = new OrderEventTable(connection);
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "isolation.level",
                                "read_committed",
                                "allow.auto.create.topics",
                                "false",
                                "auto.offset.reset",
                                "none"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = awaitTopic(consumer);
            consumer.assign(partitions);
            for (TopicPartition partition : partitions) {
                consumer.seek(partition, table.place(partition));
            }
            while (!stopping && !(finishing && isAtEnd(consumer, partitions))) {
                ConsumerRecords<String, String> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    keep(table, consumer, records);
                }
            }
        }
    }

    private List<TopicPartition> awaitTopic(KafkaConsumer<String, String> consumer) {
        while (!stopping) {
            try {
                List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
                if (!partitions.isEmpty()) {
                    return partitions;
                }
            } catch (TimeoutException away) {
                // Kafka is asked again until it is there
            }
            LockSupport.parkNanos(READY_WAIT_NANOS);
        }
        return List.of();
    }

    private void keep(
            OrderEventTable table, KafkaConsumer<String, String> consumer, ConsumerRecords<String, String> records)
            throws SQLException {
        List<UUID> ids = new ArrayList<>();
        for (ConsumerRecord<String, String> record : records) {
            UUID id = UUID.fromString(header(record, RecordHeaders.ID));
            Header publisher = record.headers().lastHeader(OrderEvents.PUBLISHER);
            table.add(
                    id,
                    record.key(),
                    header(record, RecordHeaders.TYPE),
                    record.value(),
                    publisher == null ? null : new String(publisher.value(), StandardCharsets.UTF_8));
            ids.add(id);
        }
        int fresh = table.write(ids);
        for (TopicPartition partition : records.partitions()) {
            table.move(partition, consumer.position(partition));
        }
        table.commit();
        kept.addAndGet(fresh);
        ids.forEach(listener);
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null) {
            throw new FreshetException("The record at " + record.topic() + '-' + record.partition() + '@'
                    + record.offset() + " has no header '" + name + "': it is no event; take it out of the topic");
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static boolean isAtEnd(KafkaConsumer<String, String> consumer, List<TopicPartition> partitions) {
        try {
            return consumer.endOffsets(partitions).entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        } catch (TimeoutException away) {
            return false;
        }
    }

    /** Returns how many events it has kept since it started, each counted once. */
    public long kept() {
        return kept.get();
    }

    /** Returns what stopped it, or null while it works. */
    public @Nullable Exception failure() {
        return failure.get();
    }

    /**
     * Reads up to the end of the topic and stops.
     *
     * @param limit how long to wait for it
     * @return whether it got there, or had stopped before; if not, it goes on until {@link #stop}
     */
    public boolean finish(Duration limit) throws InterruptedException {
        finishing = true;
        TimeUnit.NANOSECONDS.timedJoin(thread, limit.toNanos());
        return !thread.isAlive();
    }

    /** Stops it where it is and waits for the end of its last piece of work. */
    public void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
