package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@OnServers
class ConfirmTest {
    @Test
    void nothingIsConfirmed_beforeItIsToldTo(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.create(db, b -> b.statusInterval(Duration.ofMillis(100)))) {
            f.streams = f.source.capture(List.of(all("a", "public.a")));
            f.start = f.source.createSlot();
            f.open();
            db.execute("INSERT INTO a VALUES (1)");
            List<LogEvent> events = f.drain();
            long end = LogFixture.only(LogEvent.Committed.class, events).get(0).endLsn();
            // several status messages and keepalives go by
            Awaitility.await().until(() -> {
                db.execute("INSERT INTO a SELECT max(id) + 1 FROM a");
                return replied(db, f) > 10;
            });
            assertEquals(f.start, f.source.slot().orElseThrow().confirmedLsn());

            f.log().confirm(end);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> f.source.slot().orElseThrow().confirmedLsn() == end);
        }
    }

    @Test
    void confirmedWhileIdle_isToldPromptly(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.create(
                db, b -> b.statusInterval(Duration.ofSeconds(30)).walSenderTimeout(Duration.ofSeconds(90)))) {
            f.streams = f.source.capture(List.of(all("a", "public.a")));
            f.start = f.source.createSlot();
            f.open();
            db.execute("INSERT INTO a VALUES (1)");
            long end =
                    LogFixture.only(LogEvent.Committed.class, f.drain()).get(0).endLsn();
            f.log().confirm(end);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> f.source.slot().orElseThrow().confirmedLsn() == end);
        }
    }

    @Test
    void lastConfirmation_isSentOnClosing(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            f.open();
            db.execute("INSERT INTO a VALUES (1)");
            long end =
                    LogFixture.only(LogEvent.Committed.class, f.drain()).get(0).endLsn();
            f.log().confirm(end);
            f.log().close();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().confirmedLsn() == end);
        }
    }

    @Test
    void fullQueue_doesNotCutTheConnectionAndLosesNothing(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, v text)");
        try (LogFixture f = LogFixture.create(db, b -> b.readAheadBytes(PostgresSettings.MIN_READ_AHEAD_BYTES)
                .statusInterval(Duration.ofMillis(200))
                .walSenderTimeout(Duration.ofSeconds(1)))) {
            f.streams = f.source.capture(List.of(all("a", "public.a")));
            f.start = f.source.createSlot();
            ChangeLog log = f.open();
            db.execute("INSERT INTO a SELECT i, repeat('x', 1000) FROM generate_series(1, 30000) i");
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
            // nobody polls for three times the server's patience
            Instant until = Instant.now().plusSeconds(3);
            Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> Instant.now()
                    .isAfter(until));
            assertTrue(f.source.slot().orElseThrow().activePid() != null, "the server has cut the connection");
            List<LogEvent> events = new ArrayList<>();
            while (events.stream().noneMatch(e -> e instanceof LogEvent.Committed)) {
                events.addAll(log.poll(Duration.ofSeconds(5)));
            }
            assertEquals(30_000, rows(events).size());
        }
    }

    @Test
    void idleServer_isStillTakenForAlive(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.create(db, b -> b.statusInterval(Duration.ofMillis(100))
                .walSenderTimeout(Duration.ofSeconds(5))
                .silenceLimit(Duration.ofMillis(500)))) {
            f.streams = f.source.capture(List.of(all("a", "public.a")));
            f.start = f.source.createSlot();
            ChangeLog log = f.open();
            Instant until = Instant.now().plusSeconds(2);
            Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
                log.poll(Duration.ofMillis(10));
                return Instant.now().isAfter(until);
            });
            db.execute("INSERT INTO a VALUES (1)");
            assertEquals(1, rows(f.drain()).size());
        }
    }

    private static int replied(TestDatabase db, LogFixture f) throws Exception {
        try (Connection c = db.connect();
                Statement s = c.createStatement();
                ResultSet row = s.executeQuery("SELECT count(*) FROM a")) {
            f.log().poll(Duration.ofMillis(20));
            row.next();
            return row.getInt(1);
        }
    }
}
