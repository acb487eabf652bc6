package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every way by which an event goes from a transaction to its topic. */
abstract class PublicationSuite extends RelayFixture {
    private static final int KEYS = 5;
    private static final int PER_TRANSACTION = 7;

    SqlOutbox outbox;
    RelaySettings.Builder builder;
    EventSettings events;
    /** What {@link #relayed} has an outbox table keep. */
    OutboxRetention retention = OutboxRetention.DEFAULT;

    String eventTopic;

    /** Returns the outbox by which services publish. */
    abstract SqlOutbox outbox() throws Exception;

    /** Returns the relay's settings with what it needs for that way. */
    abstract RelaySettings.Builder relayed(RelaySettings.Builder builder);

    /** Returns the streams that the source has beside those of events. */
    List<StreamSettings> besideEvents() {
        return List.of(stream("items", "public.item", topic));
    }

    /** Opens a service's connection. */
    Connection connect() throws SQLException {
        return db.connect();
    }

    @BeforeEach
    void addStreamOfEvents(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        outbox = outbox();
        eventTopic = prefix.name("orders");
        List<StreamSettings> streams = new ArrayList<>(besideEvents());
        streams.add(StreamSettings.ofEvents("orders", eventTopic).withPartitions(3));
        events = EventSettings.of("shop")
                .withDeadLetters(prefix.name("dead-letters"), EventSettings.DEFAULT_DEAD_LETTER_BYTES);
        builder = settings(kafka, prefix, streams).events(events);
        settings = relayed(builder).build();
    }

    static Event event(String key, Object payload) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(payload)
                .header("tenant", "a")
                .build();
    }

    final Connection transaction() throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        return connection;
    }

    final List<ConsumerRecord<byte[], byte[]>> events(Cursor cursor) {
        return topics.readTo(eventTopic, cursor);
    }

    static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    @Test
    void event_reachesItsTopicAsAPlainCloudEvent() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        Instant before = Instant.now().minusSeconds(5);
        UUID id;
        try (Connection connection = transaction()) {
            id = outbox.publish(connection, event("7", Map.of("order", 7)));
            connection.commit();
            outbox.publish(connection, event("8", 1));
            connection.rollback();
        }
        List<ConsumerRecord<byte[], byte[]>> events = events(settle(relay));
        assertEquals(1, events.size(), "what was rolled back is none");
        ConsumerRecord<byte[], byte[]> record = events.get(0);
        assertEquals("7", new String(record.key(), StandardCharsets.UTF_8));
        assertEquals("{\"order\":7}", new String(record.value(), StandardCharsets.UTF_8));
        Map<String, String> headers = headers(record);
        Position position = Position.parse(Objects.requireNonNull(headers.remove("freshet-position")));
        assertTrue(position.lsn() > 0 && position.ordinal() == 1, position.toString());
        Instant time = Instant.parse(Objects.requireNonNull(headers.remove("ce_time")));
        assertTrue(time.isAfter(before) && time.isBefore(Instant.now().plusSeconds(5)), time.toString());
        assertEquals(
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", id.toString(),
                        "ce_type", "order-placed",
                        "ce_source", "/freshet/shop",
                        "content-type", "application/json",
                        "tenant", "a"),
                headers);
    }

    @Test
    void eventsOfAKey_standInTheOrderOfTheirCommits_beforeAndAfterARestart() throws Exception {
        Relay first = start(settings);
        until(first, s -> is(s, StreamStatus.RUNNING));
        List<UUID> published = new ArrayList<>();
        publish(published, 200);
        first.close();
        publish(published, 200);
        Relay second = start(settings);
        publish(published, 200);
        assertOnceInOrder(published, settle(second));
    }

    final void assertOnceInOrder(List<UUID> published, Cursor cursor) {
        List<ConsumerRecord<byte[], byte[]>> events = events(cursor);
        for (int key = 0; key < KEYS; key++) {
            String text = String.valueOf(key);
            List<String> wanted = new ArrayList<>();
            for (int i = key; i < published.size(); i += KEYS) {
                wanted.add(published.get(i).toString());
            }
            assertEquals(
                    wanted,
                    events.stream()
                            .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(text))
                            .map(r -> headers(r).get("ce_id"))
                            .toList());
        }
        assertEquals(published.size(), events.size());
    }

    final List<String> ids(Cursor cursor) {
        return events(cursor).stream()
                .map(r -> String.valueOf(headers(r).get("ce_id")))
                .toList();
    }

    /** Returns the settings with smaller batches. */
    final RelaySettings batchesOf(int records) {
        return relayed(builder.batch(records, 1 << 20)).build();
    }

    final void publish(List<UUID> published, int count) throws SQLException {
        try (Connection connection = transaction()) {
            for (int i = 0; i < count; i += PER_TRANSACTION) {
                publish(connection, published, Math.min(PER_TRANSACTION, count - i));
                connection.commit();
            }
        }
    }

    /** Publishes events of a few keys in turn. */
    final void publish(Connection connection, List<UUID> published, int count) {
        for (int i = 0; i < count; i++) {
            published.add(outbox.publish(connection, event(String.valueOf(published.size() % KEYS), published.size())));
        }
    }

    @Test
    void eventOfAStreamThatTheRelayDoesNotKnow_goesToTheDeadLetters_andTheOthersGoOn(TopicPrefix prefix)
            throws Exception {
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        try (Connection connection = transaction()) {
            outbox.publish(
                    connection,
                    Event.builder("shipments", "shipped").key("9").payload(9).build());
            outbox.publish(connection, event("7", 7));
            connection.commit();
        }
        Cursor cursor = settle(relay);
        assertEquals(1, events(cursor).size());
        List<ConsumerRecord<byte[], byte[]>> letters = topics.readTo(prefix.name("dead-letters"), cursor);
        assertEquals(1, letters.size());
        assertEquals("9", new String(letters.get(0).key(), StandardCharsets.UTF_8));
        assertEquals("9", new String(letters.get(0).value(), StandardCharsets.UTF_8));
        Map<String, String> headers = headers(letters.get(0));
        assertEquals("shipped", headers.get("ce_type"));
        assertEquals("shipments", headers.get("freshet-dead-letter-stream"));
        assertEquals("stream-not-writable", headers.get("freshet-dead-letter-error"));
        assertTrue(
                String.valueOf(headers.get("freshet-dead-letter-reason")).contains("no stream of events 'shipments'"),
                headers.toString());
    }

    @Test
    void topicThatHasForgottenItsOldestEvents_isWhole(EmbeddedKafka kafka) throws Exception {
        settings = relayed(builder.topicCheckInterval(Duration.ofMillis(200))).build();
        Relay first = start(settings);
        until(first, s -> is(s, StreamStatus.RUNNING));
        List<UUID> published = new ArrayList<>();
        publish(published, 50);
        settle(first);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(eventTopic, 0), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(eventTopic, 1), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(eventTopic, 2), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        first.close();
        Relay second = start(settings);
        publish(published, 5);
        assertEquals(5, events(settle(second)).size());
        assertTrue(second.status().streams().stream().allMatch(e -> e.status() == StreamStatus.RUNNING));
    }

    @Test
    void bytesWithoutAKey_areWrittenAsTheyAre() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        byte[] picture = {0, 1, (byte) 0xff, '"'};
        try (Connection connection = transaction()) {
            outbox.publish(
                    connection,
                    Event.builder("orders", "picture-taken")
                            .unordered()
                            .payload(picture, "image/png")
                            .build());
            connection.commit();
        }
        List<ConsumerRecord<byte[], byte[]>> events = events(settle(relay));
        assertEquals(1, events.size());
        assertNull(events.get(0).key());
        assertArrayEquals(picture, events.get(0).value());
        assertEquals("image/png", headers(events.get(0)).get("content-type"));
    }
}
