package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.replica.agent.BegunStreams;
import dev.freshet.replica.agent.Reports;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.replica.postgres.ConsumerDb;
import dev.freshet.replica.postgres.PostgresSession;
import dev.freshet.replica.table.TableName;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What takes {@code complete} from a copy is not written over by a report that began before. */
class WithdrawalTest extends InReplicaWorld {
    private Replica replica;

    @BeforeEach
    void prepare() throws Exception {
        world.put(1, "a", 1);
        replica = world.start();
        world.settle();
        // each report leaves here what it said and whether a partition was stopped then
        world.database.execute(
                "CREATE TABLE told (complete boolean, stopped boolean, updated_at timestamptz, valid_until timestamptz)",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO told SELECT NEW.complete,"
                        + " EXISTS (SELECT FROM freshet.replica_position WHERE stopped IS NOT NULL), NEW.updated_at,"
                        + " NEW.valid_until; RETURN NEW; END'",
                "CREATE TRIGGER noting AFTER INSERT OR UPDATE ON freshet.copy_state FOR EACH ROW EXECUTE FUNCTION note()");
    }

    private static void run(Connection db, String... statements) throws SQLException {
        try (Statement s = db.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    private void untilTrue(String sql) {
        ReplicaWorld.until(() -> world.one(sql).equals("t"));
    }

    /** Waits until a report is kept waiting by a session that holds the freshness row. */
    private void untilAReportWaits() {
        untilTrue("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'freshet copy'"
                + " AND wait_event_type = 'Lock' AND query LIKE '%copy_state%')");
    }

    @Test
    void partitionThatStopsWhileAReportIsMade_isNotCalledComplete() throws Exception {
        try (Connection owner = world.database.connect()) {
            owner.setAutoCommit(false);
            run(owner, "SELECT FROM freshet.copy_state FOR UPDATE");
            untilAReportWaits();
            run(
                    owner,
                    "UPDATE freshet.replica_position SET stopped = 'a test stopped it'",
                    "UPDATE freshet.copy_state SET complete = false, reason = 'a test stopped it'");
            owner.commit();
        }
        untilTrue("SELECT count(*) >= 3 FROM told WHERE stopped");
        assertEquals("0", world.one("SELECT count(*) FROM told WHERE complete AND stopped"));
    }

    @Test
    void reportThatWasKeptWaiting_isValidFromBeforeItsLook() throws Exception {
        String proven;
        try (Connection other = world.database.connect()) {
            other.setAutoCommit(false);
            run(other, "SELECT FROM freshet.copy_state FOR UPDATE", "TRUNCATE told");
            untilAReportWaits();
            proven = world.one("SELECT clock_timestamp()");
            untilTrue("SELECT clock_timestamp() > '" + proven + "'::timestamptz + interval '1 second'");
            other.commit();
        }
        untilTrue("SELECT EXISTS (SELECT FROM told WHERE updated_at > '" + proven + "')");
        assertEquals(
                "t",
                world.one("SELECT valid_until <= '" + proven + "'::timestamptz + interval '3 seconds' FROM told"
                        + " WHERE updated_at > '" + proven + "' ORDER BY updated_at LIMIT 1"));
    }

    @Test
    void streamThatIsToHaveAnotherTable_takesCompleteAway() throws Exception {
        world.close();
        try (Connection db = world.database.connect()) {
            db.setAutoCommit(false);
            run(db, "UPDATE freshet.copy_state SET valid_until = 'infinity'");
            CopySession session = session(db);
            StreamTarget same =
                    new StreamTarget("t", world.relay.topic("t"), null, TableName.parse("public.t"), Map.of());
            BegunStreams.ensure(session, List.of(same));
            assertEquals(List.of("true"), complete(db));
            BegunStreams.ensure(
                    session,
                    List.of(new StreamTarget("t", same.topic(), null, TableName.parse("public.other"), Map.of())));
            assertEquals(List.of("false"), complete(db));
            run(db, "UPDATE freshet.copy_state SET complete = true");
            BegunStreams.ensure(
                    session, List.of(new StreamTarget("u", "shop.u", null, TableName.parse("public.u"), Map.of())));
            assertEquals(List.of("false"), complete(db));
            db.rollback();
        }
    }

    @Test
    void reportThatCannotBeMade_isNoLongerCompleteInTheStatus() throws Exception {
        ReplicaWorld.until(() -> replica.status().complete());
        try (Connection other = world.database.connect()) {
            other.setAutoCommit(false);
            run(other, "SELECT FROM freshet.copy_state FOR UPDATE");
            ReplicaWorld.until(() -> !replica.status().complete());
            assertTrue(
                    replica.status().reason().contains("last found at"),
                    replica.status().reason());
        }
    }

    @Test
    void streamBrokenFurtherBack_takesCompleteAway() throws Exception {
        world.close();
        String source = world.relay.source;
        NotComplete broken = new NotComplete(NotComplete.Cause.BROKEN, "a test broke it");
        Position before = Position.boundary(1, 1);
        CopyState state = new CopyState(source, "77", 1, new TreeMap<>(), 1, before, null);
        Freshness report = new Freshness(false, broken, before, null, 0, state, Instant.now());
        try (Connection db = world.database.connect()) {
            db.setAutoCommit(false);
            run(db, "UPDATE freshet.copy_state SET complete = true, valid_until = 'infinity'");
            ReportRows reports = session(db).reports();
            Reports.write(reports, source, report, reports.lock(List.of(source)));
            assertEquals(List.of("false"), complete(db));
            db.rollback();
        }
    }

    /** A filler holds its stream's row for long, and wants the freshness rows last. */
    @Test
    void instanceThatWaitsForAFiller_holdsNoFreshnessRowMeanwhile() throws Exception {
        world.close();
        String topic = world.relay.topic("t");
        StreamTarget added = new StreamTarget("a", "shop.a", null, TableName.parse("public.a"), Map.of());
        StreamTarget changed = new StreamTarget("t", topic, null, TableName.parse("public.other"), Map.of());
        try (Connection filler = world.database.connect();
                Connection instance = world.database.connect()) {
            filler.setAutoCommit(false);
            instance.setAutoCommit(false);
            run(filler, "SELECT FROM freshet.replica_stream FOR UPDATE");
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    BegunStreams.ensure(session(instance), List.of(added, changed));
                    instance.commit();
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            untilTrue("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    + " AND query LIKE 'INSERT INTO freshet.replica_stream%')");
            run(filler, "SELECT FROM freshet.copy_state FOR UPDATE NOWAIT");
            filler.commit();
            waiting.join();
        }
        assertEquals("f", world.one("SELECT complete FROM freshet.copy_state"));
    }

    private CopySession session(Connection db) {
        ReplicaConfig config = world.config().build();
        return new PostgresSession(config, new ConsumerDb(config), db, new Calls(false));
    }

    private static List<String> complete(Connection db) throws SQLException {
        try (Statement s = db.createStatement();
                var r = s.executeQuery("SELECT complete::text FROM freshet.copy_state")) {
            r.next();
            return List.of(r.getString(1));
        }
    }
}
