package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.only;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Position;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@OnServers
class RestartTest {
    @Test
    void restartInsideATransaction_givesTheSamePositions(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, v text)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            try (Connection connection = db.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO a SELECT i, repeat('x', 200) FROM generate_series(1, 20000) i");
                // puts another description of the table into the midst
                statement.execute("ALTER TABLE a ADD w int");
                statement.execute("UPDATE a SET id = -id WHERE id <= 10");
                statement.execute("DELETE FROM a WHERE id > 19990");
                connection.commit();
            }
            ChangeLog first = f.open();
            List<Position> part = new ArrayList<>();
            while (part.size() < 5000) {
                first.poll(Duration.ofSeconds(1)).forEach(e -> {
                    if (e instanceof LogEvent.Row row) {
                        part.add(row.change().position());
                    }
                });
            }
            Map<String, String> options = first.options();
            first.close();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() == null);
            ChangeLog second = f.source.open(f.server(), f.start, LogFixture.EPOCH, f.streams, options);
            List<Position> whole = new ArrayList<>();
            try (second) {
                boolean committed = false;
                while (!committed) {
                    for (LogEvent e : second.poll(Duration.ofSeconds(1))) {
                        committed |= e instanceof LogEvent.Committed;
                        if (e instanceof LogEvent.Row row) {
                            whole.add(row.change().position());
                        }
                    }
                }
            }
            assertEquals(20_000 + 20 + 10, whole.size());
            assertEquals(part, whole.subList(0, part.size()));
            assertEquals(20_000 + 10 + 10, whole.get(whole.size() - 1).ordinal());
            for (int i = 1; i < whole.size(); i++) {
                assertFalse(whole.get(i).compareTo(whole.get(i - 1)) <= 0, "not increasing at " + whole.get(i));
            }
        }
    }

    @Test
    void transactionsUpToTheStart_areNotSentAgain(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)");
            List<LogEvent> events = f.drain();
            long afterFirst = only(LogEvent.Committed.class, events).get(0).endLsn();
            f.log().close();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() == null);
            f.open(afterFirst);
            assertEquals(rows(events).get(1).position(), rows(f.drain()).get(0).position());
        }
    }
}
