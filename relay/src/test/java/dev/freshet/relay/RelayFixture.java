package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
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
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of a relay between real servers share: a table, its topic, and waiting for the relay. */
@OnServers
abstract class RelayFixture {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<Relay> relays = new ArrayList<>();
    TestDatabase db;
    TopicReader topics;
    RelaySettings settings;
    String topic;

    @BeforeEach
    void prepare(EmbeddedKafka kafka, TestDatabase source, TopicPrefix prefix) throws SQLException {
        db = source;
        topics = new TopicReader(kafka.bootstrapServers());
        topic = prefix.name("items");
        db.execute("CREATE TABLE item (id bigint PRIMARY KEY, name text, price numeric(10,2))");
        settings = settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .build();
    }

    static StreamSettings stream(String name, String table, String topic) {
        return StreamSettings.of(new TableCapture(name, table, List.of(), List.of()), topic)
                .withPartitions(3);
    }

    /** Adds a stream {@code notes} of a table {@code note (id, body)} to what the relay captures. */
    void captureNotes(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        db.execute("CREATE TABLE note (id bigint PRIMARY KEY, body text)");
        settings = settings(
                        kafka,
                        prefix,
                        List.of(
                                stream("items", "public.item", topic),
                                stream("notes", "public.note", prefix.name("notes"))))
                .build();
    }

    RelaySettings.Builder settings(EmbeddedKafka kafka, TopicPrefix prefix, List<StreamSettings> streams) {
        return RelaySettings.builder("shop", streams, Map.of("bootstrap.servers", kafka.bootstrapServers()))
                .ledger(prefix.name("ledger"))
                .slot(slot())
                .batch(1_000, 1 << 20)
                .sampleInterval(Duration.ofMillis(100));
    }

    String slot() {
        return "slot_" + db.name().replaceAll("[^a-z0-9]", "_");
    }

    Source openSource() {
        return openSource(db.user(), db.password());
    }

    Source openSource(String user, String password) {
        return PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), user, password)
                        .slot(slot())
                        .publication(slot())
                        .build(),
                InstantSource.system());
    }

    Relay start(RelaySettings s) {
        return start(s, this::openSource);
    }

    Relay start(RelaySettings s, Supplier<Source> sources) {
        Relay relay = Relay.start(s, sources, InstantSource.system());
        relays.add(relay);
        return relay;
    }

    @AfterEach
    void end() {
        relays.forEach(Relay::close);
        topics.close();
    }

    void until(Relay relay, Predicate<RelayStatus> reached) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (relay.ended().isCompletedExceptionally()) {
                throw new AssertionError(
                        "the relay has ended: " + relay.status().message());
            }
            return reached.test(relay.status());
        });
    }

    /** Waits until the relay has ended, and returns why. */
    static Throwable failure(Relay relay) {
        Awaitility.await().atMost(LIMIT).until(() -> relay.ended().isDone());
        return assertThrows(CompletionException.class, () -> relay.ended().join())
                .getCause();
    }

    /** Waits until the relay ends for what a person has to set right. */
    static void assertEnds(Relay relay, String reason) {
        Throwable end = failure(relay);
        assertInstanceOf(ConfigurationException.class, end);
        assertTrue(String.valueOf(end.getMessage()).contains(reason), end::toString);
    }

    static boolean is(RelayStatus s, StreamStatus wanted) {
        return s.streams().stream().anyMatch(e -> e.status() == wanted);
    }

    /** Waits until the ledger says so of a stream: readers see an entry only after its markers, which follow the commit. */
    StreamEntry entry(String stream, StreamStatus wanted) {
        StreamEntry[] entry = new StreamEntry[1];
        Awaitility.await().atMost(LIMIT).until(() -> {
            entry[0] = topics.cursor(settings.ledger()).streams().get(stream);
            return entry[0] != null && entry[0].status() == wanted;
        });
        return entry[0];
    }

    /** Waits until the relay has passed the source's present log, and returns the ledger as of then. */
    Cursor settle(Relay relay) throws SQLException {
        long now = insertLsn();
        until(relay, s -> s.position() != null && s.position().lsn() >= now && is(s, StreamStatus.RUNNING));
        Cursor[] cursor = new Cursor[1];
        Awaitility.await().atMost(LIMIT).until(() -> {
            cursor[0] = topics.cursor(settings.ledger());
            return cursor[0].boundary() != null
                    && cursor[0].boundary().position().lsn() >= now;
        });
        return cursor[0];
    }

    long insertLsn() throws SQLException {
        try (Connection c = db.connect();
                Statement st = c.createStatement();
                ResultSet row = st.executeQuery("SELECT pg_current_wal_insert_lsn()")) {
            row.next();
            return Lsn.normalise(Lsn.parse(row.getString(1)), 8192);
        }
    }

    Map<Object, Object> table() throws SQLException {
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

    void assertTopicIsTable(Relay relay) throws SQLException {
        Cursor cursor = settle(relay);
        assertEquals(table(), topics.state(topic, cursor));
        Map<Integer, Position> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> r : topics.readTo(topic, cursor)) {
            Position p =
                    Position.parse(r.headers().lastHeader("freshet-position").value());
            Position before = last.put(r.partition(), p);
            assertTrue(before == null || p.isAfter(before), () -> p + " stands behind " + before);
        }
    }
}
