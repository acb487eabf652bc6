package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.FreshetServers;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.json.JsonReader;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The relay between a real PostgreSQL and a real Kafka. */
@ExtendWith(FreshetServers.class)
class RelayOnServersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<Relay> relays = new ArrayList<>();
    private TestDatabase db;
    private TopicReader topics;
    private RelaySettings settings;
    private String topic;

    @BeforeEach
    void prepare(EmbeddedKafka kafka, TestDatabase source, TopicPrefix prefix) throws SQLException {
        db = source;
        topics = new TopicReader(kafka.bootstrapServers());
        topic = prefix.name("items");
        db.execute("CREATE TABLE item (id bigint PRIMARY KEY, name text, price numeric(10,2))");
        settings = settings(kafka, prefix, List.of()).build();
    }

    private RelaySettings.Builder settings(EmbeddedKafka kafka, TopicPrefix prefix, List<String> columns) {
        return RelaySettings.builder(
                        "shop",
                        List.of(StreamSettings.of(new TableCapture("items", "public.item", columns, List.of()), topic)
                                .withPartitions(3)),
                        Map.of("bootstrap.servers", kafka.bootstrapServers()))
                .ledger(prefix.name("ledger"))
                .slot(slot())
                .batch(1_000, 1 << 20)
                .sampleInterval(Duration.ofMillis(100));
    }

    private String slot() {
        return "slot_" + db.name().replaceAll("[^a-z0-9]", "_");
    }

    private Source openSource() {
        return PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), db.user(), db.password())
                        .slot(slot())
                        .publication(slot())
                        .build(),
                InstantSource.system());
    }

    private Relay start(RelaySettings s) {
        Relay relay = Relay.start(s, this::openSource, InstantSource.system());
        relays.add(relay);
        return relay;
    }

    @AfterEach
    void end() {
        relays.forEach(Relay::close);
        topics.close();
    }

    private void until(Relay relay, Predicate<RelayStatus> reached) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (relay.ended().isCompletedExceptionally()) {
                throw new AssertionError(
                        "the relay has ended: " + relay.status().message());
            }
            return reached.test(relay.status());
        });
    }

    private static boolean is(RelayStatus s, StreamStatus wanted) {
        return s.streams().stream().anyMatch(e -> e.status() == wanted);
    }

    /** Waits until the relay has passed the source's present log, and returns the ledger as of then. */
    private Cursor settle(Relay relay) throws SQLException {
        long now = insertLsn();
        until(relay, s -> s.position() != null && s.position().lsn() >= now && is(s, StreamStatus.RUNNING));
        return topics.cursor(settings.ledger());
    }

    private long insertLsn() throws SQLException {
        try (Connection c = db.connect();
                Statement st = c.createStatement();
                ResultSet row = st.executeQuery("SELECT pg_current_wal_insert_lsn()")) {
            row.next();
            return Lsn.normalise(Lsn.parse(row.getString(1)), 8192);
        }
    }

    private Map<Object, Object> table() throws SQLException {
        Map<Object, Object> rows = new HashMap<>();
        try (Connection c = db.connect();
                Statement st = c.createStatement();
                ResultSet row = st.executeQuery("SELECT json_build_object('id', id), row_to_json(item) FROM item")) {
            while (row.next()) {
                rows.put(tree(row.getString(1)), tree(row.getString(2)));
            }
        }
        return rows;
    }

    private static Object tree(String json) {
        return new JsonReader(json.getBytes(StandardCharsets.UTF_8)).nextTree();
    }

    private void assertTopicIsTable(Relay relay) throws SQLException {
        Cursor cursor = settle(relay);
        assertEquals(table(), topics.state(topic, cursor));
        Map<Integer, Position> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> r : topics.readAll(topic)) {
            Position p =
                    Position.parse(r.headers().lastHeader("freshet-position").value());
            Position before = last.put(r.partition(), p);
            assertTrue(before == null || p.isAfter(before), () -> p + " stands behind " + before);
        }
    }

    @Test
    void rowsBeforeAndAfterTheStart_standInTheTopic_asTheyStandInTheTable() throws SQLException {
        db.execute("INSERT INTO item SELECT i, 'n' || i, i + 0.50 FROM generate_series(1, 20000) i");
        Relay relay = start(settings);
        for (int i = 0; i < 50; i++) {
            db.execute(
                    "UPDATE item SET name = 'u" + i + "' WHERE id % 97 = " + i,
                    "DELETE FROM item WHERE id % 89 = " + i,
                    "INSERT INTO item VALUES (" + (100_000 + i) + ", 'new', NULL)",
                    "UPDATE item SET id = -id WHERE id = " + (i + 1));
        }
        assertTopicIsTable(relay);
        db.execute("UPDATE item SET price = 1", "DELETE FROM item WHERE id < 100");
        assertTopicIsTable(relay);
    }

    @Test
    void transactionLargerThanABatch_isWrittenInPieces_andCompleteAtItsBoundary() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO item SELECT i, 'n' || i, i FROM generate_series(1, 12345) i");
        assertTopicIsTable(relay);
        assertEquals(
                12_345, topics.state(topic, topics.cursor(settings.ledger())).size());
    }

    @Test
    void secondRelay_standsBy_andTakesOverWithoutALossOrADouble() throws SQLException {
        db.execute("INSERT INTO item SELECT i, 'a', i FROM generate_series(1, 100) i");
        Relay first = start(settings);
        settle(first);
        Relay second = start(settings);
        until(second, s -> s.state() == RelayStatus.State.STANDBY);
        db.execute("INSERT INTO item SELECT i, 'b', i FROM generate_series(101, 200) i");
        first.close();
        db.execute("INSERT INTO item SELECT i, 'c', i FROM generate_series(201, 300) i");
        assertTopicIsTable(second);
        assertEquals(300, topics.readAll(topic).size());
    }

    @Test
    void relayFencedByAnother_standsBy_andWritesNothingMore() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        try (var writer = dev.freshet.relay.kafka.KafkaTopicWriter.create(settings)) {
            writer.fence();
        }
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        until(relay, s -> s.state() == RelayStatus.State.STANDBY);
        assertTopicIsTable(relay);
        assertEquals(1, topics.readAll(topic).size());
    }

    @Test
    void truncate_breaksTheStream_fromItsPositionOn() throws SQLException {
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        Relay relay = start(settings);
        settle(relay);
        db.execute("TRUNCATE item");
        until(relay, s -> is(s, StreamStatus.BROKEN));
        StreamEntry entry = topics.cursor(settings.ledger()).streams().get("items");
        assertTrue(entry.reason().contains("truncated"), entry.reason());
        assertTrue(entry.since().ordinal() > 0);
    }

    @Test
    void removedStream_isBegunAnew_byTheRunningRelay() throws SQLException {
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        Relay relay = start(settings);
        settle(relay);
        db.execute("TRUNCATE item", "INSERT INTO item VALUES (2, 'b', 2)");
        until(relay, s -> is(s, StreamStatus.BROKEN));
        try (Source source = openSource()) {
            RelayRemoval removal = new RelayRemoval(settings, source, InstantSource.system());
            assertFalse(removal.describeStream("items").isEmpty());
            removal.removeStream("items");
        }
        until(relay, s -> is(s, StreamStatus.RUNNING));
        assertTopicIsTable(relay);
    }

    @Test
    void droppedSlot_stopsTheRelay_andTheLedgerTellsWhatIsMissing() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        db.execute("SELECT pg_drop_replication_slot('" + slot() + "')", "INSERT INTO item VALUES (1, 'a', 1)");
        Relay next = start(settings);
        Awaitility.await().atMost(LIMIT).until(() -> next.ended().isDone());
        assertTrue(next.ended().isCompletedExceptionally());
        String message = next.status().message();
        assertNotNull(message);
        assertTrue(message.contains("slot '" + slot() + "' is gone") && message.contains("remove source"), message);
        StreamEntry entry = topics.cursor(settings.ledger()).streams().get("items");
        assertEquals(StreamStatus.BROKEN, entry.status());
    }

    @Test
    void headersOfARecord_areCloudEvents_andTheValueIsPlain() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO item VALUES (7, 'seven', 1.50)", "DELETE FROM item WHERE id = 7");
        settle(relay);
        List<ConsumerRecord<byte[], byte[]>> records = topics.readAll(topic);
        assertEquals(2, records.size());
        ConsumerRecord<byte[], byte[]> insert = records.get(0);
        assertEquals("{\"id\":7}", TopicReader.text(insert.key()));
        assertEquals("{\"id\":7,\"name\":\"seven\",\"price\":1.50}", TopicReader.text(insert.value()));
        assertEquals("1.0", header(insert, "ce_specversion"));
        assertEquals("items.changed", header(insert, "ce_type"));
        assertEquals("/freshet/shop", header(insert, "ce_source"));
        assertEquals(header(insert, "ce_id"), header(insert, "freshet-position"));
        assertEquals("c", header(insert, "freshet-op"));
        assertNull(records.get(1).value());
        assertEquals("d", header(records.get(1), "freshet-op"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> r, String name) {
        return TopicReader.text(r.headers().lastHeader(name).value());
    }

    @Test
    void idleSource_isCompleteToANewerTime_withoutAnyChange() throws SQLException {
        Relay relay = start(settings);
        Cursor cursor = settle(relay);
        until(
                relay,
                s -> s.completeTo() != null
                        && (cursor.boundary().completeTo() == null
                                || s.completeTo()
                                        .isAfter(cursor.boundary().completeTo().plusMillis(500))));
        assertNotNull(topics.cursor(settings.ledger()).boundary().completeTo());
    }
}
