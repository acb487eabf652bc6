package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.only;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.LogEvent;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Large values that an update leaves as they are do not stand in the log. */
@OnServers
class ReadBackTest {
    private static final String LARGE = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) i)";
    private static final String OTHER = "(SELECT string_agg(md5(i::text), '') FROM generate_series(501, 1000) i)";
    private static final String TABLE = "CREATE TABLE a (id int PRIMARY KEY, big text, n int, bin bytea)";

    @Test
    void unchangedLargeValue_isReadBack(TestDatabase db) throws Exception {
        db.execute(
                TABLE,
                "ALTER TABLE a ALTER bin SET STORAGE EXTERNAL",
                "INSERT INTO a SELECT i, " + LARGE + " || i, 0, decode(repeat('00ff', 3000), 'hex')"
                        + " FROM generate_series(1, 3) i");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = id");
            List<Change> rows = rows(f.drain());
            assertEquals(3, rows.size());
            for (Change row : rows) {
                assertTrue(row.readBack());
                assertEquals(Op.UPDATE, row.op());
                assertEquals(expected(db, row), value(row));
            }
        }
    }

    @Test
    void keyOfADomainOrAnExtensionsType_isFound(TestDatabase db) throws Exception {
        db.execute(
                "CREATE EXTENSION ltree",
                "CREATE DOMAIN small AS int",
                "CREATE TYPE mood AS ENUM ('glad')",
                "CREATE DOMAIN spirit AS mood",
                "CREATE TABLE a (k small[], l ltree, m spirit, big text, n int, PRIMARY KEY (k, l, m))",
                "INSERT INTO a VALUES ('{1,2}', 'x.y', 'glad', " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = 1");
            Change row = rows(f.drain()).get(0);
            assertTrue(row.readBack());
            assertEquals(Op.UPDATE, row.op());
        }
    }

    @Test
    void withFullReplicaIdentity_theFormerRowHasIt(TestDatabase db) throws Exception {
        db.execute(TABLE, "ALTER TABLE a REPLICA IDENTITY FULL", "INSERT INTO a VALUES (1, " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = 1");
            Change row = rows(f.drain()).get(0);
            assertFalse(row.readBack());
            assertEquals(expected(db, row), value(row));
        }
    }

    @Test
    void newerValue_isSentEarlyAndAgain(TestDatabase db) throws Exception {
        db.execute(TABLE, "INSERT INTO a VALUES (1, " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = 1", "UPDATE a SET big = " + OTHER);
            List<Change> rows = rows(f.drain());
            assertTrue(rows.get(0).readBack());
            assertFalse(rows.get(1).readBack());
            assertEquals(expected(db, rows.get(1)), value(rows.get(1)));
            assertEquals(value(rows.get(1)), value(rows.get(0)));
        }
    }

    @Test
    void rowThatIsGone_isADeleteAndTheLogsOwnDeleteFollows(TestDatabase db) throws Exception {
        db.execute(TABLE, "INSERT INTO a VALUES (1, " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = 1", "DELETE FROM a");
            List<Change> rows = rows(f.drain());
            assertEquals(
                    List.of(Op.DELETE, Op.DELETE), rows.stream().map(Change::op).toList());
            assertTrue(rows.get(0).readBack());
            assertFalse(rows.get(1).readBack());
        }
    }

    @Test
    void keyChange_readsBackUnderTheNewKey(TestDatabase db) throws Exception {
        db.execute(TABLE, "INSERT INTO a VALUES (1, " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET id = 2");
            List<Change> rows = rows(f.drain());
            assertEquals(
                    List.of(Op.DELETE, Op.CREATE), rows.stream().map(Change::op).toList());
            assertTrue(rows.get(1).readBack());
            assertEquals(expected(db, rows.get(1)), value(rows.get(1)));
        }
    }

    @Test
    void columnThatIsGone_breaksTheStream(TestDatabase db) throws Exception {
        db.execute(TABLE, "INSERT INTO a VALUES (1, " + LARGE + ", 0)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET n = 1", "ALTER TABLE a DROP COLUMN big");
            LogEvent.Broken broken = only(LogEvent.Broken.class, f.drain()).get(0);
            assertTrue(broken.reason().contains("could not be read back"), broken.reason());
            assertTrue(broken.reason().contains("REPLICA IDENTITY FULL"), broken.reason());
        }
    }

    @Test
    void commitThatIsNotVisibleYet_isWaitedFor(TestDatabase db) throws Exception {
        db.execute(TABLE);
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            f.open();
            db.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
            try {
                Awaitility.await().until(() -> "nobody".equals(show(db)));
                // row and update in one commit that hangs: read too early, the row would look absent
                Thread writer = new Thread(() -> insertAndUpdate(db));
                writer.start();
                List<LogEvent> events = new ArrayList<>();
                Awaitility.await().until(() -> waitsForStandby(db));
                for (int i = 0; i < 5; i++) {
                    events.addAll(f.log().poll(Duration.ofMillis(100)));
                }
                assertTrue(rows(events).isEmpty(), () -> LogFixture.describe(events));
                db.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
                writer.join();
                events.addAll(f.until(e -> e instanceof LogEvent.Committed));
                Change row = rows(events).get(1);
                assertEquals(Op.UPDATE, row.op());
                assertEquals(expected(db, row), value(row));
            } finally {
                try (Connection connection = db.connect();
                        Statement statement = connection.createStatement()) {
                    statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
                    statement.execute("SELECT pg_reload_conf()");
                }
                Awaitility.await().until(() -> "".equals(show(db)));
            }
        }
    }

    private static void insertAndUpdate(TestDatabase db) {
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO a VALUES (1, " + LARGE + ", 0)");
            statement.execute("UPDATE a SET n = 1");
            connection.commit();
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String show(TestDatabase db) throws Exception {
        return db.text("SHOW synchronous_standby_names");
    }

    private static boolean waitsForStandby(TestDatabase db) throws Exception {
        return !"0".equals(db.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"));
    }

    private static String value(Change row) {
        byte[] value = row.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** The source table itself is the oracle. */
    private static String expected(TestDatabase db, Change row) throws Exception {
        String id = new String(row.key(), StandardCharsets.UTF_8).replaceAll("[^0-9]", "");
        return db.text("SELECT '{\"id\":' || id || ',\"big\":\"' || big || '\",\"n\":' || n || ',\"bin\":'"
                + " || coalesce('\"' || replace(encode(bin, 'base64'), E'\\n', '') || '\"', 'null') || '}'"
                + " FROM a WHERE id = " + id);
    }
}
