package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.only;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static dev.freshet.capture.postgres.LogFixture.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.LogEvent;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class RowsTest {
    @Test
    void insertsUpdatesAndDeletes_comeInOrderWithTheirTransaction(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE customer (id int PRIMARY KEY, name text, balance numeric(15,2))");
        try (LogFixture f = LogFixture.capture(db, all("customers", "public.customer"))) {
            db.execute(
                    "INSERT INTO customer VALUES (1, 'Ann', 1.50), (2, 'Bob', NULL)",
                    "UPDATE customer SET balance = 2 WHERE id = 1",
                    "DELETE FROM customer WHERE id = 2");

            List<LogEvent> events = f.drain();

            assertEquals(
                    List.of(
                            "c {\"id\":1} {\"id\":1,\"name\":\"Ann\",\"balance\":1.50}",
                            "c {\"id\":2} {\"id\":2,\"name\":\"Bob\",\"balance\":null}",
                            "u {\"id\":1} {\"id\":1,\"name\":\"Ann\",\"balance\":2.00}",
                            "d {\"id\":2}"),
                    texts(events));
            List<LogEvent.Begun> begun = only(LogEvent.Begun.class, events);
            assertEquals(3, begun.size());
            assertEquals(3, only(LogEvent.Committed.class, events).size());
            List<Change> rows = rows(events);
            assertEquals(begun.get(0).lsn(), rows.get(0).position().lsn());
            assertEquals(1, rows.get(0).position().ordinal());
            assertEquals(2, rows.get(1).position().ordinal());
            assertEquals(rows.get(0).position().lsn(), rows.get(1).position().lsn());
            assertEquals(begun.get(0).committedAt(), rows.get(1).committedAt());
            assertFalse(rows.get(0).readBack());
            LogEvent.Schema schema = only(LogEvent.Schema.class, events).get(0);
            assertEquals(f.streams.get(0).schema(), schema.schema());
            assertEquals(schema.schema().version(), rows.get(0).schemaVersion());
            assertTrue(events.indexOf(schema)
                    < events.indexOf(events.stream()
                            .filter(e -> e instanceof LogEvent.Row)
                            .findFirst()
                            .orElseThrow()));
        }
    }
}
