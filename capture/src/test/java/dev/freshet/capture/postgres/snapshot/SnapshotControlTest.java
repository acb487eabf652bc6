package dev.freshet.capture.postgres.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a server of its own, since one test lets commits wait for a stand-by that never comes. */
class SnapshotControlTest {
    private static EmbeddedPostgres server;
    private static SnapshotFixture fixture;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgres.builder().start();
        server.createDatabase("control");
        fixture = new SnapshotFixture(server, "control", SnapshotFixture.SMALL);
    }

    @AfterAll
    static void stop() {
        fixture.close();
        server.close();
    }

    @Test
    void openTransaction_holdsBackWhatEndedBelow() throws SQLException {
        try (Connection connection = server.connect("control");
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT pg_current_xact_id()").close();
            long xid = fixture.reader.allotTransactionId();
            assertFalse(fixture.reader.allEndedBelow(xid));
            statement.execute("ROLLBACK");
            assertTrue(fixture.reader.allEndedBelow(xid));
            assertTrue(fixture.reader.allotTransactionId() > xid);
        }
    }

    @Test
    void committedTransaction_isVisible() {
        long xid = fixture.reader.allotTransactionId();
        assertEquals(Set.of(), fixture.reader.invisible(Set.of(xid)));
        assertEquals(Set.of(xid + 1_000_000), fixture.reader.invisible(Set.of(xid, xid + 1_000_000)));
        assertEquals(Set.of(), fixture.reader.invisible(Set.of()));
    }

    @Test
    void commitThatWaitsForAStandby_isInvisibleAndMarksDoNotWait() throws Exception {
        try (Connection admin = server.connect("control");
                Connection late = server.connect("control");
                Statement alter = admin.createStatement();
                Statement write = late.createStatement()) {
            alter.execute("SET synchronous_commit = local");
            write.execute("CREATE TABLE late (id int)");
            alter.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            alter.execute("SELECT pg_reload_conf()");
            Awaitility.await()
                    .until(() -> text(alter, "SHOW synchronous_standby_names").equals("nobody"));
            write.execute("BEGIN");
            write.execute("INSERT INTO late VALUES (1)");
            long xid = Long.parseLong(text(write, "SELECT pg_current_xact_id()"));
            CompletableFuture<?> commit = CompletableFuture.runAsync(() -> execute(write, "COMMIT"));
            Awaitility.await()
                    .until(() -> text(alter, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                            .equals("1"));

            assertEquals(Set.of(xid), fixture.reader.invisible(Set.of(xid)));
            fixture.reader.mark("does not wait");
            long later = fixture.reader.allotTransactionId();
            assertFalse(fixture.reader.allEndedBelow(later));

            alter.execute("ALTER SYSTEM RESET synchronous_standby_names");
            alter.execute("SELECT pg_reload_conf()");
            commit.get(10, TimeUnit.SECONDS);
            assertEquals(Set.of(), fixture.reader.invisible(Set.of(xid)));
            assertTrue(fixture.reader.allEndedBelow(later));
        }
    }

    @Test
    void mark_standsInTheLogUnderTheSlotsPrefix() throws SQLException {
        try (Connection connection = server.connect("control");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE PUBLICATION nothing");
            statement.execute("SELECT pg_create_logical_replication_slot('marks', 'pgoutput')");
            fixture.reader.mark("low 7");
            String message = text(
                    statement,
                    "SELECT encode(data, 'escape') FROM pg_logical_slot_get_binary_changes('marks', NULL, NULL,"
                            + " 'proto_version', '1', 'publication_names', 'nothing', 'messages', 'true')"
                            + " WHERE get_byte(data, 0) = ascii('M')");
            statement.execute("SELECT pg_drop_replication_slot('marks')");
            assertTrue(message.contains("freshet.mark/" + SnapshotFixture.SLOT), message);
            assertTrue(message.endsWith("low 7"), message);
        }
    }

    @Test
    void estimate_isNearTheTruthBeforeAndAfterAnalyze() throws SQLException {
        try (Connection connection = server.connect("control");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE counted (id int PRIMARY KEY, pad text) WITH (autovacuum_enabled = false)");
            assertEquals(0, fixture.reader.estimateRows("counted"));
            statement.execute("INSERT INTO counted SELECT g, repeat('x', 30) FROM generate_series(1, 10000) g");
            long guess = fixture.reader.estimateRows("counted");
            assertTrue(guess > 5_000 && guess < 20_000, "guess: " + guess);
            statement.execute("ANALYZE counted");
            assertEquals(10_000, fixture.reader.estimateRows("counted"));
        }
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
