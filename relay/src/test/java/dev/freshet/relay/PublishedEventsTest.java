package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.EventMessage;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamStatus;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishedEventsTest extends RelayFixture {
    private final EventIds ids = new EventIds(InstantSource.system());
    private String eventTopic;

    @BeforeEach
    void addStreamOfEvents(EmbeddedKafka kafka, TopicPrefix prefix) {
        eventTopic = prefix.name("orders");
        settings = settings(
                        kafka,
                        prefix,
                        List.of(
                                stream("items", "public.item", topic),
                                StreamSettings.ofEvents("orders", eventTopic).withPartitions(3)))
                .build();
    }

    private PublishedEvent event(@Nullable String key, String payload) {
        return new PublishedEvent(
                ids.next(),
                "orders",
                key,
                "order-placed",
                "application/json",
                Map.of("tenant", "a"),
                payload.getBytes(StandardCharsets.UTF_8));
    }

    private static void emit(Connection connection, PublishedEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?)")) {
            statement.setString(1, EventMessage.PREFIX);
            statement.setBytes(2, EventMessage.encode(event));
            statement.execute();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> events(Cursor cursor) {
        return topics.readTo(eventTopic, cursor);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
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
        PublishedEvent event = event("7", "{\"order\":7}");
        Instant before = Instant.now().minusSeconds(5);
        try (Connection connection = db.connect()) {
            connection.setAutoCommit(false);
            emit(connection, event);
            connection.commit();
            emit(connection, event("8", "{}"));
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
                        "ce_id", event.id().toString(),
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
        List<ConsumerRecord<byte[], byte[]>> events = events(settle(second));
        for (String key : List.of("0", "1", "2", "3", "4")) {
            List<String> wanted = new ArrayList<>();
            for (int i = 0; i < published.size(); i++) {
                if (String.valueOf(i % 5).equals(key)) {
                    wanted.add(published.get(i).toString());
                }
            }
            assertEquals(
                    wanted,
                    events.stream()
                            .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(key))
                            .map(r -> headers(r).get("ce_id"))
                            .toList());
        }
        assertEquals(600, events.size());
    }

    private void publish(List<UUID> published, int count) throws SQLException {
        try (Connection connection = db.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                PublishedEvent event = event(String.valueOf(published.size() % 5), "{\"n\":" + published.size() + "}");
                emit(connection, event);
                published.add(event.id());
                if (i % 7 == 0) {
                    connection.commit();
                }
            }
            connection.commit();
        }
    }

    @Test
    void eventWithoutAKey_isWrittenWithoutOne() throws Exception {
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        try (Connection connection = db.connect()) {
            emit(connection, event(null, "{}"));
        }
        List<ConsumerRecord<byte[], byte[]>> events = events(settle(relay));
        assertEquals(1, events.size());
        assertNull(events.get(0).key());
    }
}
