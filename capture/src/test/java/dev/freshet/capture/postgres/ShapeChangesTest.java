package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.only;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static dev.freshet.capture.postgres.LogFixture.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.LogEvent;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ledger.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class ShapeChangesTest {
    @Test
    void columnWithoutDefault_flowsAtOnce(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute(
                    "INSERT INTO a VALUES (1)",
                    "ALTER TABLE a ADD COLUMN price numeric(8,2)",
                    "INSERT INTO a VALUES (2, 3.5)");

            List<LogEvent> events = f.drain();

            assertEquals(List.of("c {\"id\":1} {\"id\":1}", "c {\"id\":2} {\"id\":2,\"price\":3.50}"), texts(events));
            assertTrue(only(LogEvent.Broken.class, events).isEmpty());
            List<LogEvent.Schema> schemas = only(LogEvent.Schema.class, events);
            assertEquals(2, schemas.size());
            assertEquals(
                    new Column("price", "numeric(8,2)", true, true),
                    schemas.get(1).schema().columns().get(1));
            assertEquals(rows(events).get(1).position(), schemas.get(1).position());
            assertEquals(schemas.get(1).schema().version(), rows(events).get(1).schemaVersion());
        }
    }

    @Test
    void columnThatMayBeNull_isInTheSchemaBeforeItsFirstNull(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL, m int NOT NULL)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute(
                    "INSERT INTO a VALUES (1, 1, 1)",
                    "ALTER TABLE a ALTER n DROP NOT NULL",
                    "INSERT INTO a VALUES (2, 2, 2)",
                    "UPDATE a SET n = NULL WHERE id = 1",
                    "DELETE FROM a WHERE id = 2");

            List<LogEvent> events = f.drain();

            List<LogEvent.Schema> schemas = only(LogEvent.Schema.class, events);
            assertEquals(2, schemas.size(), () -> LogFixture.describe(events));
            assertEquals(
                    List.of(
                            new Column("id", "integer", false, true),
                            new Column("n", "integer", true, true),
                            new Column("m", "integer", false, true)),
                    schemas.get(1).schema().columns());
            assertEquals(rows(events).get(2).position(), schemas.get(1).position());
            assertEquals(schemas.get(1).schema().version(), rows(events).get(2).schemaVersion());
            assertEquals(
                    List.of(
                            "c {\"id\":1} {\"id\":1,\"n\":1,\"m\":1}",
                            "c {\"id\":2} {\"id\":2,\"n\":2,\"m\":2}",
                            "u {\"id\":1} {\"id\":1,\"n\":null,\"m\":1}",
                            "d {\"id\":2}"),
                    texts(events));
        }
    }

    @Test
    void columnWithDefault_breaksTheStream(TestDatabase db) throws Exception {
        assertBreaks(db, "ALTER TABLE a ADD COLUMN more int DEFAULT 7", "'more' was added with a default");
    }

    @Test
    void droppedColumn_breaksTheStream(TestDatabase db) throws Exception {
        assertBreaks(db, "ALTER TABLE a DROP COLUMN v", "'v' was dropped or renamed");
    }

    @Test
    void renamedColumn_breaksTheStream(TestDatabase db) throws Exception {
        assertBreaks(db, "ALTER TABLE a RENAME v TO w", "'v' was dropped or renamed");
    }

    @Test
    void retypedColumn_breaksTheStream(TestDatabase db) throws Exception {
        assertBreaks(db, "ALTER TABLE a ALTER v TYPE int USING v::int", "'v' got another type");
    }

    @Test
    void renamedKeyColumn_breaksTheStreamAtEachRow(TestDatabase db) throws Exception {
        assertBreaks(db, "ALTER TABLE a RENAME id TO nr", "'id' of its key was dropped or renamed");
    }

    private static void assertBreaks(TestDatabase db, String ddl, String reason) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, v text)", "CREATE TABLE b (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"), all("b", "public.b"))) {
            db.execute("INSERT INTO a VALUES (1, '1')", ddl, "INSERT INTO a VALUES (2)", "INSERT INTO b VALUES (1)");
            List<LogEvent> events = f.drain();
            List<LogEvent.Broken> broken = only(LogEvent.Broken.class, events);
            assertEquals(1, broken.size(), () -> LogFixture.describe(events));
            assertEquals("a", broken.get(0).stream());
            assertTrue(broken.get(0).reason().contains(reason), broken.get(0).reason());
            assertEquals(1, broken.get(0).position().ordinal());
            // the other stream goes on
            assertEquals("b", rows(events).get(rows(events).size() - 1).stream());
        }
    }

    @Test
    void truncate_breaksEachCapturedTableOfIt(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE a (id int PRIMARY KEY)",
                "CREATE TABLE b (id int PRIMARY KEY)",
                "CREATE TABLE c (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"), all("b", "public.b"), all("c", "public.c"))) {
            db.execute("TRUNCATE a, b", "INSERT INTO a VALUES (1)");
            List<LogEvent> events = f.drain();
            assertEquals(
                    List.of("a", "b"),
                    only(LogEvent.Broken.class, events).stream()
                            .map(LogEvent.Broken::stream)
                            .sorted()
                            .toList());
            assertTrue(only(LogEvent.Broken.class, events).get(0).reason().contains("truncated"));
            // rows after it are still sent: a new snapshot needs them
            assertEquals(List.of("c {\"id\":1} {\"id\":1}"), texts(events));
        }
    }

    @Test
    void logBehindTheCatalog_isReadWithTheShapeOfItsTime(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("INSERT INTO a VALUES (1)", "ALTER TABLE a ADD v text", "INSERT INTO a VALUES (2, 'x')");
            f.streams = f.source.capture(List.of(all("a", "public.a")));
            List<LogEvent> events = f.drain();
            assertEquals(List.of("c {\"id\":1} {\"id\":1}", "c {\"id\":2} {\"id\":2,\"v\":\"x\"}"), texts(events));
            assertTrue(only(LogEvent.Broken.class, events).isEmpty(), () -> LogFixture.describe(events));
            assertEquals(
                    f.streams.get(0).schema(),
                    only(LogEvent.Schema.class, events).get(1).schema());
        }
    }
}
