package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.only;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static dev.freshet.capture.postgres.LogFixture.texts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Change;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class TransactionsTest {
    @Test
    void ordinals_countWhatIsNotCapturedToo(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"), all("b", "public.b"))) {
            // a relay that captures only one of the two gives the same positions
            f.streams = f.streams.subList(0, 1);
            transaction(
                    db,
                    "INSERT INTO b VALUES (1), (2)",
                    "INSERT INTO a VALUES (1)",
                    "SELECT pg_logical_emit_message(true, 'other', 'x')",
                    "SELECT pg_logical_emit_message(true, 'freshet.heartbeat/somebody', '')",
                    "INSERT INTO a VALUES (2)");

            List<LogEvent> events = f.drain();

            assertEquals(
                    List.of(3L, 6L),
                    rows(events).stream().map(c -> c.position().ordinal()).toList());
            assertEquals(
                    4, only(LogEvent.Message.class, events).get(0).position().ordinal());
        }
    }

    @Test
    void transactionWithoutAnythingForUs_givesNoEventsButMovesOn(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE other (id int)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            f.open();
            db.execute("INSERT INTO other VALUES (1)");
            f.source.heartbeat();
            long upTo = f.flushed();

            List<LogEvent> events = f.until(e -> e instanceof LogEvent.Reached r && r.lsn() >= upTo);

            assertEquals(events.size(), only(LogEvent.Reached.class, events).size(), () -> LogFixture.describe(events));
        }
    }

    @Test
    void rolledBackWork_isNotSeen(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            try (Connection connection = db.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO a VALUES (1)");
                statement.execute("SAVEPOINT s");
                statement.execute("INSERT INTO a VALUES (2)");
                statement.execute("ROLLBACK TO s");
                statement.execute("INSERT INTO a VALUES (3)");
                connection.commit();
                statement.execute("INSERT INTO a VALUES (4)");
                connection.rollback();
            }
            assertEquals(List.of("c {\"id\":1} {\"id\":1}", "c {\"id\":3} {\"id\":3}"), texts(f.drain()));
        }
    }

    @Test
    void begin_hasTheTransactionsFullId(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            long xid;
            try (Connection connection = db.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO a VALUES (1)");
                try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
                    row.next();
                    xid = row.getLong(1);
                }
                connection.commit();
            }
            assertEquals(xid, only(LogEvent.Begun.class, f.drain()).get(0).xid());
        }
    }

    @Test
    void messages_comeWithPrefixContentAndPlace(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute(
                    "SELECT pg_logical_emit_message(true, 'orders', 'inside')",
                    "SELECT pg_logical_emit_message(false, 'orders', 'outside')",
                    // what is not transactional reaches the disk with the next commit
                    "INSERT INTO a VALUES (1)");
            List<LogEvent> events = f.drain();

            List<LogEvent.Message> messages = only(LogEvent.Message.class, events);
            LogEvent.Message inside = messages.get(0);
            LogEvent.Message outside = messages.get(1);
            assertArrayEquals("inside".getBytes(StandardCharsets.UTF_8), inside.content());
            assertEquals(1, inside.position().ordinal());
            assertEquals("orders", outside.prefix());
            assertEquals(0, outside.position().ordinal());
            assertTrue(outside.position().isAfter(inside.position()));
            Change row = rows(events).get(0);
            assertTrue(row.position().isAfter(outside.position()));
        }
    }

    @Test
    void watermarkOfTheSnapshotReader_comesAsMarked(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"));
                SnapshotReader reader = f.source.snapshots()) {
            reader.mark("low 1");
            List<LogEvent> events = f.drain();
            LogEvent.Marked marked = only(LogEvent.Marked.class, events).get(0);
            assertEquals("low 1", marked.text());
            assertEquals(only(LogEvent.Begun.class, events).get(0).xid(), marked.xid());
            assertFalse(only(LogEvent.Committed.class, events).isEmpty());
        }
    }

    @Test
    void partitionsAndLaterOnes_comeUnderTheirRoot(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE m (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')");
        try (LogFixture f = LogFixture.capture(db, all("m", "public.m"))) {
            db.execute(
                    "INSERT INTO m VALUES (1, '2026-01-05')",
                    // other column order in the leaf
                    "CREATE TABLE m2 (day date NOT NULL, id int NOT NULL, PRIMARY KEY (id, day))",
                    "ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
                    "INSERT INTO m VALUES (2, '2026-02-05')",
                    "UPDATE m SET day = '2026-01-06' WHERE id = 2");
            assertEquals(
                    List.of(
                            "c {\"id\":1,\"day\":\"2026-01-05\"} {\"id\":1,\"day\":\"2026-01-05\"}",
                            "c {\"id\":2,\"day\":\"2026-02-05\"} {\"id\":2,\"day\":\"2026-02-05\"}",
                            "d {\"id\":2,\"day\":\"2026-02-05\"}",
                            "c {\"id\":2,\"day\":\"2026-01-06\"} {\"id\":2,\"day\":\"2026-01-06\"}"),
                    texts(f.drain()));
        }
    }

    @Test
    void chosenColumns_areSentInTheTablesOrder(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, secret text, name text, doc jsonb,"
                + " twice int GENERATED ALWAYS AS (id * 2) STORED)");
        TableCapture chosen = new TableCapture("a", "public.a", List.of("twice", "name", "doc", "id"), List.of());
        try (LogFixture f = LogFixture.capture(db, chosen)) {
            db.execute("INSERT INTO a VALUES (1, 's', 'n', NULL)", "UPDATE a SET doc = 'null'");
            assertEquals(
                    List.of(
                            "c {\"id\":1} {\"id\":1,\"name\":\"n\",\"twice\":2}",
                            "u {\"id\":1} {\"id\":1,\"name\":\"n\",\"doc\":null,\"twice\":2}"),
                    texts(f.drain()));
        }
    }

    private static void transaction(TestDatabase db, String... statements) throws Exception {
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }
}
