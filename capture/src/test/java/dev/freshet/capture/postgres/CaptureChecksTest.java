package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

@OnServers
class CaptureChecksTest {
    @Test
    void everyProblem_isToldAtOnceAndNothingIsPublished(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE good (id int PRIMARY KEY)",
                "CREATE TABLE keyless (id int)",
                "CREATE TABLE parent (id int PRIMARY KEY)",
                "CREATE TABLE child () INHERITS (parent)",
                "CREATE TABLE root (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE leaf PARTITION OF root FOR VALUES FROM (0) TO (10)",
                "CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY)",
                "CREATE TABLE nothing (id int PRIMARY KEY)",
                "ALTER TABLE nothing REPLICA IDENTITY NOTHING",
                "CREATE TABLE virt (id int PRIMARY KEY, v int GENERATED ALWAYS AS (id + 1) VIRTUAL)");
        try (LogFixture f = LogFixture.create(db, b -> b)) {
            List<TableCapture> tables = List.of(
                    all("good", "public.good"),
                    all("twice", "public.good"),
                    all("missing", "public.missing"),
                    all("keyless", "public.keyless"),
                    all("parent", "public.parent"),
                    all("leaf", "public.leaf"),
                    all("unlogged", "public.unlogged"),
                    all("nothing", "public.nothing"),
                    new TableCapture("virt", "public.virt", List.of("id", "v"), List.of()));
            List<CaptureProblem> problems = f.source.check(tables);

            assertProblem(problems, "'twice'", "stream 'good' captures it already");
            assertProblem(problems, "'missing'", "no such table");
            assertProblem(problems, "'keyless'", "no primary key");
            assertProblem(problems, "'parent'", "other tables inherit");
            assertProblem(problems, "'leaf'", "it is a partition");
            assertProblem(problems, "'unlogged'", "unlogged");
            assertProblem(problems, "'nothing'", "replica identity");
            assertProblem(problems, "'virt'", "'v' is generated");
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> f.source.capture(tables));
            assertEquals(
                    problems.stream().map(CaptureProblem::sentence).collect(Collectors.joining("\n")), e.getMessage());
            assertTrue(problems.stream().noneMatch(p -> p.stream().isEmpty()), "each is filed under its stream");
            assertEquals("0", db.text("SELECT count(*) FROM pg_publication"));
        }
    }

    @Test
    void capture_addsAndTakesOutOfItsOwnPublication(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE a (id int PRIMARY KEY)",
                "CREATE TABLE b (id int PRIMARY KEY)",
                "CREATE TABLE c (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.create(db, b -> b)) {
            f.source.capture(List.of(all("a", "public.a"), all("b", "public.b")));
            assertEquals("a,b", published(db));
            f.source.capture(List.of(all("c", "public.c"), all("b", "public.b")));
            assertEquals("b,c", published(db));
        }
    }

    @Test
    void acceptedPublication_isCheckedAndLeftAlone(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE a (id int PRIMARY KEY, v text, g int GENERATED ALWAYS AS (id) STORED)",
                "CREATE TABLE b (id int PRIMARY KEY)",
                "CREATE TABLE c (id int PRIMARY KEY, v text)",
                "CREATE TABLE d (id int PRIMARY KEY)",
                "CREATE PUBLICATION freshet_shop FOR TABLE a, b WHERE (id > 5), c (id), d WITH (publish = 'insert,update')");
        try (LogFixture f = LogFixture.create(db, b -> b);
                LogFixture strict =
                        LogFixture.create(db, b -> b.publication("none").makePublication(false))) {
            List<TableCapture> tables = new ArrayList<>(
                    List.of(all("a", "public.a"), all("b", "public.b"), all("c", "public.c"), all("d", "public.d")));
            List<CaptureProblem> problems = f.source.check(tables);
            assertProblem(problems, "'freshet_shop'", "does not publish all operations");
            assertProblem(problems, "'freshet_shop'", "publish_via_partition_root = true");
            assertProblem(problems, "'a'", "publish_generated_columns = stored");
            assertProblem(problems, "'b'", "a row filter");
            assertProblem(problems, "'c'", "a column list");
            db.execute(
                    "ALTER PUBLICATION freshet_shop SET TABLE a, b, c (id, v), d",
                    "ALTER PUBLICATION freshet_shop SET (publish = 'insert, update, delete, truncate',"
                            + " publish_via_partition_root = true)");
            tables.set(0, new TableCapture("a", "public.a", List.of("id", "v"), List.of()));
            tables.remove(3);
            assertEquals(List.of(), f.source.check(tables));
            f.source.capture(tables);
            assertEquals("a,b,c,d", published(db));
            db.execute("ALTER PUBLICATION freshet_shop DROP TABLE b");
            assertProblem(
                    f.source.check(tables), "'b'", "ALTER PUBLICATION \"freshet_shop\" ADD TABLE \"public\".\"b\"");
            f.source.remove();
            assertEquals("1", db.text("SELECT count(*) FROM pg_publication"));

            assertProblem(strict.source.check(tables), "'none'", "CREATE PUBLICATION \"none\" FOR TABLE");
        }
    }

    @Test
    void leastPrivilege_isEnoughWithAPublicationMadeBeforehand(TestDatabase db) throws Exception {
        String role = db.name() + "_r";
        db.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, big text)",
                "CREATE TABLE other (id int PRIMARY KEY)",
                "CREATE TABLE m (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10)",
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'p'",
                "GRANT USAGE ON SCHEMA public TO " + role);
        try (PostgresSource source = PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), role, "p")
                        .slot("s_" + db.name())
                        .build(),
                Clock.systemUTC())) {
            List<TableCapture> tables = List.of(all("customers", "public.customer"), all("m", "public.m"));
            List<CaptureProblem> problems = source.check(tables);
            assertProblem(problems, "'customers'", "GRANT SELECT ON");
            assertProblem(problems, "'customers'", "cannot publish it");
            assertProblem(problems, "'m'", "cannot publish it");
            assertEquals(
                    1,
                    problems.stream()
                            .filter(p -> p.sentence().contains("CREATE PUBLICATION"))
                            .count(),
                    problems.toString());
            assertProblem(problems, "'m'", "may not read its partition");
            db.execute(
                    "GRANT SELECT ON customer, m, m1 TO " + role,
                    "CREATE PUBLICATION freshet_shop FOR TABLE customer, m"
                            + " WITH (publish_via_partition_root = true, publish_generated_columns = stored)");
            assertEquals(List.of(), source.check(tables));

            try (LogFixture f = LogFixture.create(db, b -> b)) {
                // the whole way with the small role: capture, slot, log, read-back, sample, heartbeat, snapshot,
                // removal
                f.streams = source.capture(tables);
                long start = source.createSlot();
                db.execute(
                        "INSERT INTO customer SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 500) i",
                        "UPDATE customer SET id = 2");
                source.identify();
                source.heartbeat();
                source.timelines();
                assertTrue(source.flushedLsn() > 0);
                assertTrue(source.sample(java.util.Map.of()).drifts().isEmpty());
                try (var log = source.open(f.server(), start, LogFixture.EPOCH, f.streams, null);
                        var reader = source.snapshots()) {
                    reader.mark("x");
                    List<dev.freshet.capture.LogEvent> events = new ArrayList<>();
                    while (LogFixture.rows(events).size() < 3) {
                        events.addAll(log.poll(java.time.Duration.ofSeconds(1)));
                    }
                    assertTrue(LogFixture.rows(events).get(2).readBack());
                }
                source.remove();
                assertTrue(source.slot().isEmpty());
            }
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void roleThatMayNotReplicate_isTold(TestDatabase db) throws Exception {
        String role = db.name() + "_n";
        db.execute(
                "CREATE TABLE a (id int PRIMARY KEY)",
                "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
                "CREATE ROLE " + role + " LOGIN PASSWORD 'p'",
                "GRANT SELECT ON a TO " + role);
        try (PostgresSource source = PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), role, "p").build(), Clock.systemUTC())) {
            List<CaptureProblem> problems = source.check(List.of(all("a", "public.a")));
            assertProblem(problems, role, "may not replicate");
            assertProblem(problems, "'a'", "BYPASSRLS");
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    private static void assertProblem(List<CaptureProblem> problems, String named, String text) {
        assertTrue(
                problems.stream()
                        .anyMatch(p ->
                                p.sentence().contains(named) && p.sentence().contains(text)),
                () -> "expected one about " + named + " with: " + text + "\n" + problems);
    }

    private static String published(TestDatabase db) throws Exception {
        return db.text("SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_publication_tables"
                + " WHERE pubname = 'freshet_shop'");
    }
}
