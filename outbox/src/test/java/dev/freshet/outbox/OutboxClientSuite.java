package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an outbox over a client that is not bound to a thread does, whichever it is. */
@OnServers
public abstract class OutboxClientSuite {
    private static final String NO_CHANGE = "SELECT 1";

    private final SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();
    private TestDatabase database;
    private OutboxClient client;

    /** Creates the client. */
    protected abstract OutboxClient create(TestDatabase database);

    @BeforeEach
    void open(TestDatabase own) throws Exception {
        database = own;
        client = create(own);
        own.execute("CREATE TABLE orders (id text PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(Map.of("order", key))
                .build();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> get(future)).getCause();
    }

    private CompletableFuture<List<UUID>> order(String id, boolean commit, Event... events) {
        return client.transaction(outbox, "INSERT INTO orders VALUES ('" + id + "')", List.of(events), commit);
    }

    private String orders() throws Exception {
        return database.text("SELECT string_agg(id, ' ' ORDER BY id) FROM orders");
    }

    private String events() throws Exception {
        return database.text("SELECT string_agg(event_key, ' ' ORDER BY id) FROM freshet_outbox");
    }

    @Test
    void event_commitsWithItsTransactionOrNotAtAll() throws Exception {
        Migration.run(database);
        List<UUID> first = get(order("1", true, placed("1")));
        get(order("2", false, placed("2")));
        get(order("3", false, placed("3"), placed("4")));
        List<UUID> second = get(order("5", true, placed("5"), placed("6")));
        assertEquals("1 5", orders());
        assertEquals("1 5 6", events());
        assertEquals(1, first.size());
        assertEquals(
                first.get(0) + " " + second.get(0) + " " + second.get(1),
                database.text("SELECT string_agg(id::text, ' ' ORDER BY event_key) FROM freshet_outbox"));
    }

    @Test
    void everythingAnEventHolds_standsInTheRow() throws Exception {
        Migration.run(database);
        Event picture = Event.builder("pictures", "taken")
                .unordered()
                .payload(new byte[] {0, 1, (byte) 0xff}, "image/png")
                .header("tenant", "\u00e4 \"b\"")
                .build();
        // both kinds of payload by one statement
        get(order("1", true, placed("1"), picture, placed("2")));
        assertEquals(
                "orders|1|order-placed|application/json|-|{\"order\":\"1\"}|-, "
                        + "pictures|-|taken|image/png|\u00e4 \"b\"|-|0001ff, "
                        + "orders|2|order-placed|application/json|-|{\"order\":\"2\"}|-",
                database.text(
                        "SELECT string_agg(concat_ws('|', stream, coalesce(event_key, '-'), event_type, content_type,"
                                + " coalesce(headers::json ->> 'tenant', '-'), coalesce(payload, '-'),"
                                + " coalesce(encode(payload_bytes, 'hex'), '-')), ', ' ORDER BY id) FROM freshet_outbox"));
    }

    @Test
    void sameIdTwice_isOneEvent_alsoInAnotherTransaction() throws Exception {
        Migration.run(database);
        UUID id = EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 7");
        Event event = Event.builder("orders", "order-placed")
                .id(id)
                .key("7")
                .payload(Map.of("order", 7))
                .build();
        assertEquals(List.of(id, id), get(order("1", true, event, event)));
        assertEquals(List.of(id), get(order("2", true, event)));
        assertEquals(id.toString(), database.text("SELECT string_agg(id::text, ',') FROM freshet_outbox"));
        assertEquals("1 2", orders());
    }

    @Test
    void noEvents_areNothing() throws Exception {
        Migration.run(database);
        assertEquals(List.of(), get(order("1", true)));
        assertEquals("1", orders());
    }

    @Test
    void oneRefusedEvent_letsNoneOfItsBatchBeWritten_andTheTransactionMayCommit() throws Exception {
        Migration.run(database);
        Event keyless = Event.builder("orders", "order-placed").payload(1).build();
        Throwable refused = failure(order("1", true, placed("1"), keyless));
        assertInstanceOf(EventRefusedException.class, refused);
        assertTrue(refused.getMessage().contains("it has no key"), refused.getMessage());
        assertEquals("1", orders());
        assertEquals("null", events());
    }

    @Test
    void databaseWithoutTheTable_namesTheMigration() {
        Throwable told = failure(order("1", true, placed("1")));
        assertInstanceOf(ConfigurationException.class, told);
        assertTrue(
                told.getMessage().contains("dev/freshet/outbox/postgresql/V1__freshet_outbox.sql")
                        && told.getMessage().contains("SQLSTATE 42P01"),
                told.getMessage());
    }

    @Test
    void roleWithoutTheRight_isToldWhichItNeeds() throws Exception {
        Migration.run(database);
        Throwable told = failure(
                client.transaction(outbox, "SET LOCAL ROLE pg_monitor", List.of(placed("1"), placed("2")), true));
        assertInstanceOf(ConfigurationException.class, told);
        assertTrue(told.getMessage().startsWith("2 events, the first event "), told.getMessage());
        assertTrue(told.getMessage().contains("needs GRANT INSERT, SELECT (id) ON freshet_outbox"), told.getMessage());
    }

    @Test
    void failureThatPasses_mayBeTriedAgain_anotherMayNot() throws Exception {
        Migration.run(database);
        onInsert("RAISE EXCEPTION 'not now' USING ERRCODE = 'serialization_failure'");
        assertInstanceOf(RetriableException.class, failure(order("1", true, placed("1"))));
        onInsert("RAISE EXCEPTION 'never'");
        Throwable told = failure(order("2", true, placed("2")));
        assertEquals(FreshetException.class, told.getClass());
        assertTrue(told.getMessage().contains("never"), told.getMessage());
        assertEquals("null", orders());
    }

    @Test
    void lostConnection_mayBeTriedAgain() throws Exception {
        Migration.run(database);
        onInsert("PERFORM pg_terminate_backend(pg_backend_pid())");
        assertInstanceOf(RetriableException.class, failure(order("1", true, placed("1"))));
        assertEquals("null", orders());
    }

    private void onInsert(String statement) throws Exception {
        database.execute(
                "CREATE OR REPLACE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement
                        + "; RETURN NEW; END $$",
                "CREATE OR REPLACE TRIGGER on_insert BEFORE INSERT ON freshet_outbox_rest FOR EACH ROW"
                        + " EXECUTE FUNCTION on_insert()");
    }

    @Test
    void publishingOutsideATransaction_isRefused() throws Exception {
        Migration.run(database);
        for (boolean after : new boolean[] {false, true}) {
            Throwable refused = failure(client.publishOutside(outbox, after, placed("1")));
            assertInstanceOf(ConfigurationException.class, refused);
            assertTrue(
                    refused.getMessage()
                            .contains("the connection is in auto-commit mode, and would commit it without the change"),
                    refused.getMessage());
        }
        assertEquals("null", events());
    }

    @Test
    void message_standsInTheLogIfItsTransactionCommits() throws Exception {
        SqlOutbox wal = SqlOutbox.walMessages().build();
        TestLog log = TestLog.begin(database);
        get(client.transaction(wal, NO_CHANGE, List.of(placed("1"), placed("2")), true));
        get(client.transaction(wal, NO_CHANGE, List.of(placed("3")), false));
        get(client.transaction(wal, NO_CHANGE, List.of(placed("4")), true));
        List<PublishedEvent> events = log.published();
        assertEquals(
                List.of("1", "2", "4"), events.stream().map(PublishedEvent::key).toList());
        assertEquals("{\"order\":\"4\"}", new String(events.get(2).payload(), StandardCharsets.UTF_8));
    }

    @Test
    void manyTransactionsAtOnce_leaveExactlyTheEventsOfThoseThatCommitted() throws Exception {
        Migration.run(database);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<UUID>>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String id = "o" + i;
                boolean commit = i % 3 != 0;
                Event[] events = i % 2 == 0 ? new Event[] {placed(id)} : new Event[] {placed(id), placed(id)};
                all.add(threads.submit(() -> get(order(id, commit, events))));
            }
            for (Future<List<UUID>> one : all) {
                get(one);
            }
        } finally {
            threads.shutdownNow();
        }
        // of 0 to 199, 133 are no multiple of 3, and 67 of those are odd
        assertEquals("133", database.text("SELECT count(*) FROM orders"));
        assertEquals("200", database.text("SELECT count(*) FROM freshet_outbox"));
        assertEquals(
                "0",
                database.text("SELECT count(*) FROM orders FULL JOIN (SELECT event_key, count(*) AS number"
                        + " FROM freshet_outbox GROUP BY event_key) e ON event_key = id"
                        + " WHERE number IS DISTINCT FROM 1 + substr(id, 2)::integer % 2"));
    }
}
