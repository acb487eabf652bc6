package dev.freshet.capture.polling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.mariadb.MariaDbPolled;
import dev.freshet.embedded.junit.MariaDbServer;
import dev.freshet.outbox.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Polling of what MariaDB can hold. */
abstract class MariaDbPollingSuite extends PollingSuite {
    private static final String ID = "01900000-0000-7000-8000-000000000001";

    private static final OutboxRetention NOT_AT_ALL =
            new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofMinutes(1));

    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    /** A little longer than InnoDB keeps its copy while nobody asks. */
    private static final Duration COPY_LIVES = Duration.ofMillis(150);

    private final Dialect dialect;

    MariaDbPollingSuite(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    PollingFixture make(UnaryOperator<PollingSettings.Builder> more) throws Exception {
        String url = SERVER.newDatabase();
        return new PollingFixture(
                dialect,
                url,
                MariaDbServer.ADMIN,
                MariaDbServer.ADMIN,
                url.substring(url.lastIndexOf('/') + 1),
                s -> new MariaDbPolled(s, dialect == Dialect.MYSQL),
                more);
    }

    /** One that has changed something is waited for, since InnoDB does not tell what. */
    @Override
    void beginElsewhere() throws SQLException {
        fixture.execute("CREATE TABLE other (id int)");
        Connection old = fixture.transaction();
        old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = old.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM other")) {
            assertTrue(row.next());
        }
    }

    @Override
    void setBack() throws SQLException {
        fixture.execute("TRUNCATE freshet_outbox");
    }

    @Test
    void userWithoutProcess_isToldThatHeNeedsIt() throws Exception {
        prepare(b -> b);
        String user = "p" + fixture.settings.schema();
        fixture.execute(
                "CREATE USER " + user + " IDENTIFIED BY 'p'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON " + fixture.settings.schema() + ".* TO " + user);
        PollingSettings restricted = PollingSettings.builder(
                        "shop", fixture.settings.url(), user, "p", fixture.settings.table())
                .build();
        PolledDatabase database = new MariaDbPolled(restricted, dialect == Dialect.MYSQL);
        try (Connection c = database.open()) {
            List<String> problems = database.problems(c);
            assertTrue(problems.size() == 1 && problems.get(0).contains("GRANT PROCESS"), problems::toString);
        }
    }

    /** InnoDB answers from a copy, as old as others have asked for it. */
    @Test
    void whoWrites_isNeverToldFromBefore() throws Exception {
        prepare(b -> b);
        Connection c = fixture.session();
        Connection monitor = fixture.transaction();
        Connection writing = fixture.transaction();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 12 || seen.isEmpty(); i++) {
            try (Statement statement = monitor.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM information_schema.innodb_trx")) {
                assertTrue(row.next());
            }
            fixture.publish(writing, "a");
            // now and then so rarely asked that InnoDB's copy is renewed
            Optional<List<Writer>> answer = i % 3 == 0
                    ? Awaitility.await()
                            .pollDelay(COPY_LIVES)
                            .pollInterval(COPY_LIVES)
                            .until(() -> fixture.database.writers(c), Optional::isPresent)
                    : fixture.database.writers(c);
            if (answer.isPresent()) {
                assertTrue(
                        answer.get().stream()
                                .filter(w -> w.kind() == Writer.Kind.TRANSACTION)
                                .anyMatch(w -> seen.add(w.id())),
                        "the one that writes now");
            }
            writing.rollback();
        }
    }

    /** Runs a statement in a session of its own, which waits amidst it until the test has ended that wait. */
    private CompletableFuture<Boolean> beginWaiting(Connection session, String statement) throws SQLException {
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> {
            try (Statement waiting = session.createStatement()) {
                return waiting.execute(statement);
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        Awaitility.await().until(() -> fixture.text(
                        "SELECT count(*) FROM information_schema.processlist WHERE state = 'User lock'")
                .equals("1"));
        return ended;
    }

    /** Has whoever asks for the lock wait. */
    private Connection holdLock() throws SQLException {
        Connection holder = fixture.session();
        try (Statement statement = holder.createStatement()) {
            statement.execute("DO get_lock(concat(database(), '.wait'), 0)");
        }
        return holder;
    }

    @Test
    void reportByASingleSelect_holdsNothing() throws Exception {
        assertReportHoldsNothing("SET autocommit = 1");
    }

    @Test
    void reportInAReadOnlyTransaction_holdsNothing() throws Exception {
        assertReportHoldsNothing("START TRANSACTION READ ONLY");
    }

    private void assertReportHoldsNothing(String begin) throws Exception {
        beginNumbering();
        fixture.execute("CREATE TABLE other (id int)", "INSERT INTO other VALUES (1)");
        Connection holder = holdLock();
        Connection reader = fixture.session();
        try (Statement statement = reader.createStatement()) {
            statement.execute(begin);
        }
        CompletableFuture<Boolean> report =
                beginWaiting(reader, "SELECT get_lock(concat(database(), '.wait'), 300) FROM other");
        fixture.begun("never").rollback();
        fixture.publish("a");
        fixture.round(numbering, c);
        fixture.roundsUntilGaps(numbering, c, 0);
        assertFalse(report.isDone());
        holder.close();
        assertTrue(report.join());
    }

    @Test
    void singleSelectWhoseFunctionPublishes_isWaitedFor() throws Exception {
        assertPublishingSelectIsWaitedFor("SET autocommit = 1");
    }

    @Test
    void selectInATransactionWhoseFunctionPublishes_isWaitedFor() throws Exception {
        assertPublishingSelectIsWaitedFor("START TRANSACTION");
    }

    private void assertPublishingSelectIsWaitedFor(String begin) throws Exception {
        beginNumbering();
        fixture.execute(
                "CREATE TABLE other (id int)",
                "INSERT INTO other VALUES (1)",
                "CREATE FUNCTION publishing() RETURNS int MODIFIES SQL DATA BEGIN DECLARE n int; SELECT count(*) INTO n FROM"
                        + " other; INSERT INTO freshet_outbox (id, stream, event_key, event_type, content_type, payload)"
                        + " VALUES ("
                        + (dialect == Dialect.MYSQL ? "unhex('" + ID.replace("-", "") + "')" : "'" + ID + "'")
                        + ", 'orders', 'late', 't', 'application/json', '1'); RETURN"
                        + " get_lock(concat(database(), '.wait'), 300); END");
        Connection holder = holdLock();
        Connection reader = fixture.session();
        try (Statement statement = reader.createStatement()) {
            statement.execute(begin);
        }
        CompletableFuture<Boolean> late = beginWaiting(reader, "SELECT publishing() FROM other");
        fixture.publish("a");
        assertEquals(List.of("1:2"), fixture.round(numbering, c));
        int answers = fixture.answers();
        while (fixture.answers() < answers + 4) {
            assertEquals(List.of(), fixture.round(numbering, c));
            assertEquals(1, numbering.gaps());
        }
        holder.close();
        assertTrue(late.join());
        try (Statement statement = reader.createStatement()) {
            statement.execute("COMMIT");
        }
        assertEquals(List.of("2:1"), fixture.round(numbering, c));
    }

    @Test
    void rowsThatAreSent_areDeletedWithTheirNumbers_othersStay() throws Exception {
        beginNumbering();
        Connection late = fixture.begun("late");
        fixture.publish("a");
        fixture.round(numbering, c);
        late.commit();
        fixture.publish("b", "c");
        fixture.round(numbering, c);
        fixture.publish("d");
        fixture.round(numbering, c);
        Source source = fixture.source();
        try (OutboxCleaner cleaner = source.outboxCleaner(TableCapture.ofOutbox(fixture.settings.table()))) {
            // 1 is a, 2 is late, 3 is b
            cleaner.clear(new OutboxSnapshot("3:3:", 2), NOT_AT_ALL);
            assertEquals("5", fixture.text("SELECT count(*) FROM freshet_outbox"), "late lies below and is not sent");
            fixture.numbers.confirm(c, 4, numbering.settled());
            cleaner.clear(new OutboxSnapshot("3:3:", 4), NOT_AT_ALL);
            assertEquals(
                    "c d",
                    fixture.text("SELECT group_concat(event_key ORDER BY seq SEPARATOR ' ') FROM freshet_outbox"));
            fixture.numbers.confirm(c, 6, numbering.settled());
            cleaner.clear(new OutboxSnapshot("3:3:", 6), NOT_AT_ALL);
            assertEquals("0", fixture.text("SELECT count(*) FROM freshet_outbox"));
            assertEquals(
                    "1", fixture.text("SELECT count(*) FROM freshet_outbox_number"), "the next number is known by it");
        }
        fixture.publish("e");
        assertEquals(List.of("6:6"), fixture.round(numbering, c));
    }
}
