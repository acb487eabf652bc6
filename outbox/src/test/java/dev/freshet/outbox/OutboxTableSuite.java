package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an outbox table does, whichever database holds it: one subclass for each. */
abstract class OutboxTableSuite {
    private static final int LARGE_BYTES = 900_000;

    private final Dialect dialect;
    private final SqlOutbox outbox;

    OutboxTableSuite(Dialect dialect) {
        this.dialect = dialect;
        this.outbox = SqlOutbox.table(dialect).build();
    }

    /** The test's own database, empty. */
    abstract Database database();

    /** Reads a row's id. */
    abstract UUID id(ResultSet row) throws SQLException;

    /** Returns the database for a new user of that name, who may read the table {@code orders} and nothing else. */
    abstract Database newUser(String name) throws SQLException;

    /** Returns the statement by which a session no longer waits for another's lock, or hardly. */
    abstract String impatience();

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(Map.of("order", key))
                .build();
    }

    private void publish(Event... events) throws SQLException {
        try (Connection connection = database().transaction()) {
            outbox.publish(connection, List.of(events));
            connection.commit();
        }
    }

    private String refusal(Database target, Event... events) throws SQLException {
        try (Connection connection = target.transaction()) {
            return assertThrows(ConfigurationException.class, () -> outbox.publish(connection, List.of(events)))
                    .getMessage();
        }
    }

    private List<PublishedEvent> stored() throws SQLException {
        return StoredEvents.of(database(), this::id);
    }

    private List<String> storedKeys() throws SQLException {
        return stored().stream().map(PublishedEvent::key).toList();
    }

    @Test
    void event_commitsWithItsTransactionOrNotAtAll() throws Exception {
        database().migrate(dialect);
        database().execute("CREATE TABLE orders (id varchar(10) PRIMARY KEY)");
        try (Connection connection = database().transaction();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders VALUES ('1')");
            outbox.publish(connection, placed("1"));
            connection.commit();

            statement.execute("INSERT INTO orders VALUES ('2')");
            outbox.publish(connection, placed("2"));
            connection.rollback();

            Savepoint savepoint = connection.setSavepoint();
            outbox.publish(connection, placed("3"));
            connection.rollback(savepoint);
            outbox.publish(connection, List.of(placed("4"), placed("5")));
            connection.commit();
        }
        assertEquals("1 of 1", database().text("SELECT concat(min(id), ' of ', count(*)) FROM orders"));
        assertEquals(List.of("1", "4", "5"), storedKeys());
    }

    @Test
    void rowOfAnotherProgramWhoseIdHasNoTime_isRefused() throws Exception {
        database().migrate(dialect);
        String id = "f47ac10b-58cc-4372-a567-000000000001";
        String value = dialect == Dialect.MYSQL ? "unhex('" + id.replace("-", "") + "')" : "'" + id + "'";
        SQLException refused = assertThrows(SQLException.class, () -> database()
                .execute("INSERT INTO freshet_outbox (id, stream, event_type, content_type, payload) VALUES (" + value
                        + ", 'orders', 't', 'application/json', '1')"));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("freshet_outbox_id_is_a_uuid_of_version_7"),
                refused.getMessage());
    }

    @Test
    void eventThatCommitsItsTransaction_isThereWithIt_andWhatFollowsIsAnother() throws Exception {
        database().migrate(dialect);
        database().execute("CREATE TABLE orders (id varchar(10) PRIMARY KEY)");
        try (Connection connection = database().transaction();
                Statement statement = connection.createStatement()) {
            // often enough for the driver to keep the statement on the server
            for (int i = 10; i < 20; i++) {
                statement.execute("INSERT INTO orders VALUES ('" + i + "')");
                UUID id = outbox.publishAndCommit(connection, placed("" + i));
                assertEquals(id, stored().get(i - 10).id());
                connection.rollback();
            }
            statement.execute("INSERT INTO orders VALUES ('20')");
            connection.rollback();
        }
        assertEquals("10 to 19", database().text("SELECT concat(min(id), ' to ', max(id)) FROM orders"));
        assertEquals(10, storedKeys().size());
    }

    @Test
    void answerOfACommitThatIsLost_leavesItOpen_andTheEventIsThere() throws Exception {
        database().migrate(dialect);
        try (Connection real = database().transaction()) {
            Connection losing = LosingConnection.of(real);
            assertThrows(CommitUnknownException.class, () -> outbox.publishAndCommit(losing, placed("1")));
        }
        assertEquals(List.of("1"), storedKeys());
    }

    @Test
    void eventThatCannotBeWritten_doesNotCommitItsTransaction() throws Exception {
        database().migrate(dialect);
        database().execute("ALTER TABLE freshet_outbox ADD CONSTRAINT no_key_9 CHECK (event_key <> '9')");
        database().execute("CREATE TABLE orders (id varchar(10) PRIMARY KEY)");
        try (Connection connection = database().transaction();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders VALUES ('1')");
            FreshetException failure =
                    assertThrows(FreshetException.class, () -> outbox.publishAndCommit(connection, placed("9")));
            assertInstanceOf(SQLException.class, failure.getCause());
            connection.rollback();
            assertThrows(
                    EventRefusedException.class,
                    () -> outbox.publishAndCommit(
                            connection, Event.builder("orders", "t").payload(1).build()));
        }
        assertEquals("0", database().text("SELECT count(*) FROM orders"));
        assertEquals(List.of(), stored());
    }

    @Test
    void sameIdTwice_isTheFirstEventAlone_alsoInAnotherTransaction() throws Exception {
        database().migrate(dialect);
        UUID id = EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 7");
        for (int i = 1; i <= 2; i++) {
            Event event = Event.builder("orders", "order-placed")
                    .id(id)
                    .key("7")
                    .payload(Map.of("try", i))
                    .build();
            try (Connection connection = database().transaction()) {
                assertEquals(List.of(id, id), outbox.publish(connection, List.of(event, event)));
                assertEquals(id, outbox.publish(connection, event));
                connection.commit();
            }
        }
        List<PublishedEvent> events = stored();
        assertEquals(1, events.size());
        assertEquals(id, events.get(0).id());
        assertEquals("{\"try\":1}", new String(events.get(0).payload(), StandardCharsets.UTF_8));
    }

    @Test
    void sameIdInATransactionThatIsOpen_mayBeTriedAgain() throws Exception {
        database().migrate(dialect);
        Event event = Event.builder("orders", "order-placed")
                .id(EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 9"))
                .key("9")
                .payload(9)
                .build();
        try (Connection first = database().transaction();
                Connection second = database().transaction();
                Statement statement = second.createStatement()) {
            outbox.publish(first, event);
            statement.execute(impatience());
            assertThrows(RetriableException.class, () -> outbox.publish(second, event));
            second.rollback();
            first.rollback();
            outbox.publish(second, event);
            second.commit();
        }
        assertEquals(List.of("9"), storedKeys());
    }

    @Test
    void everythingAnEventHolds_standsInTheRow() throws Exception {
        database().migrate(dialect);
        SqlOutbox traced = SqlOutbox.table(dialect)
                .traceParent(() -> "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        UUID id;
        try (Connection connection = database().transaction()) {
            id = traced.publish(
                    connection,
                    Event.builder("pictures", "taken")
                            .unordered()
                            .payload(new byte[] {0, 1, (byte) 0xff}, "image/png")
                            .header("tenant", "ä \"b\" 🌊")
                            .build());
            connection.commit();
        }
        PublishedEvent event = stored().get(0);
        assertEquals(id, event.id());
        assertEquals("pictures", event.stream());
        assertEquals("taken", event.type());
        assertNull(event.key());
        assertEquals("image/png", event.contentType());
        assertArrayEquals(new byte[] {0, 1, (byte) 0xff}, event.payload());
        assertEquals(
                Map.of(
                        "traceparent",
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "tenant",
                        "ä \"b\" 🌊"),
                event.headers());
    }

    @Test
    void keys_compareAsBytes() throws Exception {
        database().migrate(dialect);
        // the last two are the same letter, as one code point and as two
        List<String> keys = List.of("a", "A", "🌊", "🏔", "Ärger", "A\u0308rger");
        publish(keys.stream().map(OutboxTableSuite::placed).toArray(Event[]::new));
        assertEquals(keys, storedKeys());
        assertEquals("6", database().text("SELECT count(DISTINCT event_key) FROM freshet_outbox"));
    }

    @Test
    void keysBlanks_arePartOfIt() throws Exception {
        database().migrate(dialect);
        publish(placed("a"), placed("a "));
        assertEquals(List.of("a", "a "), storedKeys());
        assertEquals(equalToA(), database().text("SELECT count(*) FROM freshet_outbox WHERE event_key = 'a'"));
    }

    /** How many of the keys 'a' and 'a ' the database holds for equal to 'a'. */
    String equalToA() {
        return "1";
    }

    @Test
    void largePayloads_arriveAsTheyAre() throws Exception {
        database().migrate(dialect);
        byte[] json = ('"' + "ä🌊 ".repeat(LARGE_BYTES / 7) + '"').getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(7).nextBytes(bytes);
        publish(
                Event.builder("orders", "t")
                        .key("json")
                        .payload(json, "application/json")
                        .build(),
                Event.builder("orders", "t")
                        .key("bytes")
                        .payload(bytes, "application/octet-stream")
                        .build());
        List<PublishedEvent> events = stored();
        assertArrayEquals(json, events.get(0).payload());
        assertArrayEquals(bytes, events.get(1).payload());
    }

    @Test
    void largestKeyAndHeaders_haveRoom() throws Exception {
        database().migrate(dialect);
        String long1 = "k".repeat(400_000);
        String long2 = "ä".repeat(200_000);
        publish(Event.builder("orders", "t".repeat(255))
                .key(long1)
                .header("h", long2)
                .payload(1)
                .build());
        PublishedEvent event = stored().get(0);
        assertEquals(long1, event.key());
        assertEquals(Map.of("h", long2), event.headers());
        assertEquals(255, event.type().length());
    }

    @Test
    void connectionThatCommitsByItself_isRefused() throws Exception {
        database().migrate(dialect);
        try (Connection connection = database().connect()) {
            String message = assertThrows(ConfigurationException.class, () -> outbox.publish(connection, placed("1")))
                    .getMessage();
            assertTrue(message.contains("auto-commit") && message.contains("setAutoCommit(false)"), message);
        }
        assertEquals(List.of(), stored());
    }

    @Test
    void databaseWithoutTheTable_namesTheMigration() throws Exception {
        for (Event[] events : new Event[][] {{placed("1")}, {placed("1"), placed("2")}}) {
            String message = refusal(database(), events);
            assertTrue(message.contains("run the migration " + dialect.migration()), message);
        }
    }

    @Test
    void tableOfAnotherForm_namesTheMigration() throws Exception {
        database().execute("CREATE TABLE freshet_outbox (id varchar(40) PRIMARY KEY)");
        String message = refusal(database(), placed("1"));
        assertTrue(message.contains("run the migration " + dialect.migration()), message);
    }

    private String privileges() {
        return "GRANT " + String.join(", and GRANT ", dialect.privileges());
    }

    @Test
    void userWithoutPrivileges_isToldThoseThatSuffice() throws Exception {
        database().migrate(dialect);
        database().execute("CREATE TABLE orders (id varchar(10) PRIMARY KEY)");
        Database restricted = newUser("u" + UUID.randomUUID().toString().substring(0, 8));
        for (Event[] events : new Event[][] {{placed("1")}, {placed("1"), placed("2")}}) {
            String message = refusal(restricted, events);
            assertTrue(message.contains(privileges()), message);
        }
        database().execute("GRANT INSERT ON freshet_outbox TO " + restricted.user());
        String message = refusal(restricted, placed("1"));
        assertTrue(message.contains(privileges()), message);

        for (String privilege : dialect.privileges()) {
            database().execute("GRANT " + privilege + " TO " + restricted.user());
        }
        try (Connection connection = restricted.transaction()) {
            Event event = Event.builder("orders", "order-placed")
                    .id(EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 8"))
                    .key("8")
                    .payload(8)
                    .build();
            outbox.publish(connection, event);
            outbox.publish(connection, event);
            connection.commit();
        }
        assertEquals(List.of("8"), storedKeys());
    }

    @Test
    void valueThatDoesNotFit_isAnErrorOfItsStatement() throws Exception {
        database().migrate(dialect);
        database().execute("ALTER TABLE freshet_outbox ADD CONSTRAINT no_key_9 CHECK (event_key <> '9')");
        try (Connection connection = database().transaction()) {
            RuntimeException failure =
                    assertThrows(RuntimeException.class, () -> outbox.publish(connection, placed("9")));
            assertInstanceOf(SQLException.class, failure.getCause());
            connection.rollback();
        }
        assertEquals(List.of(), stored());
    }

    @Test
    void seq_growsWithEachRow_alsoOverOnesThatAreRolledBack() throws Exception {
        database().migrate(dialect);
        publish(placed("1"), placed("2"));
        try (Connection connection = database().transaction()) {
            outbox.publish(connection, placed("3"));
            connection.rollback();
        }
        publish(placed("4"));
        assertEquals("1 4", database().text("SELECT concat(min(seq), ' ', max(seq)) FROM freshet_outbox"));
    }

    @Test
    void oneRefusedEvent_letsNoneOfItsBatchBeWritten() throws Exception {
        database().migrate(dialect);
        Event keyless = Event.builder("orders", "order-placed").payload(1).build();
        try (Connection connection = database().transaction()) {
            assertThrows(EventRefusedException.class, () -> outbox.publish(connection, List.of(placed("1"), keyless)));
            connection.commit();
        }
        assertEquals(List.of(), stored());
    }
}
