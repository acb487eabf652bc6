package dev.freshet.capture.postgres.snapshot;

import static dev.freshet.capture.postgres.snapshot.SnapshotFixture.keys;
import static dev.freshet.capture.postgres.snapshot.SnapshotFixture.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.WindowRows;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotWindowsTest {
    private TestDatabase database;
    private SnapshotFixture fixture;

    @BeforeEach
    void createDatabase() {
        database = TestServers.shared().newDatabase();
        fixture = fixture(SnapshotFixture.SMALL);
    }

    @AfterEach
    void dropDatabase() {
        fixture.close();
        database.close();
    }

    private SnapshotFixture fixture(SnapshotSettings settings) {
        return new SnapshotFixture(database.server(), database.name(), settings);
    }

    @Test
    void everyRow_isReadOnceOverManyWindows() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 20000) g");
        List<WindowRows> windows = fixture.windows("t", "");
        assertTrue(windows.size() > 20, "windows: " + windows.size());
        assertAllKeys(20_000, keys(windows));
        // the first window does not know the density yet and is cut at the cap; one page may come on top of each chunk
        windows.forEach(
                w -> assertTrue(w.rows().size() <= 400, "rows: " + w.rows().size()));
    }

    @Test
    void values_areTheRowsJson() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, a text, b numeric(9,2), c jsonb, d timestamptz)",
                "INSERT INTO t VALUES (1, E'tab\\t line\\n back\\\\ \\u00e9', 1.50, '{\"x\": 1}', '2026-01-02 03:04:05+00'),"
                        + " (2, NULL, NULL, NULL, NULL), (3, '\\N', 0, 'null', 'infinity')");
        List<WindowRows> windows = fixture.windows("t", "");
        assertEquals(List.of("{\"id\":1}", "{\"id\":2}", "{\"id\":3}"), keys(windows));
        assertEquals(
                List.of(
                        "{\"id\":1,\"a\":\"tab\\t line\\n back\\\\ é\",\"b\":1.50,\"c\":{\"x\": 1},"
                                + "\"d\":\"2026-01-02T03:04:05Z\"}",
                        "{\"id\":2,\"a\":null,\"b\":null,\"d\":null}",
                        "{\"id\":3,\"a\":\"\\\\N\",\"b\":0.00,\"c\":null,\"d\":\"infinity\"}"),
                values(windows));
        assertEquals(1, windows.size());
    }

    @Test
    void anotherReader_resumesWhereTheWindowEnded() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
        WindowRows first = fixture.window("t", "");
        assertFalse(first.last());
        List<String> keys = new ArrayList<>(keys(first));
        try (SnapshotFixture other = fixture(SnapshotFixture.SMALL)) {
            keys.addAll(keys(other.windows("t", first.resume())));
        }
        assertAllKeys(5000, keys);
    }

    @Test
    void largeRows_cutTheWindowInsideThePage() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "ALTER TABLE t ALTER pad SET STORAGE EXTERNAL",
                // some 100 rows a page, each with 50 kB outside of it
                "INSERT INTO t SELECT g, repeat('x', 50000) FROM generate_series(1, 600) g");
        SnapshotSettings settings =
                new SnapshotSettings(2, 1000, 500_000, Duration.ofSeconds(1), Duration.ofMinutes(1));
        try (SnapshotFixture small = fixture(settings)) {
            List<WindowRows> windows = small.windows("t", "");
            assertAllKeys(600, keys(windows));
            for (WindowRows window : windows) {
                long bytes = window.rows().stream()
                        .mapToLong(r -> r.key().length + r.value().length)
                        .sum();
                assertTrue(bytes <= 2 * 500_000 + 50_100, "bytes: " + bytes);
            }
            assertTrue(windows.stream().anyMatch(w -> !w.resume().contains(",0)")), "a window ended inside a page");
        }
    }

    @Test
    void emptyTable_isReadInOneWindow() throws SQLException {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        WindowRows window = fixture.window("t", "");
        assertTrue(window.last());
        assertEquals(List.of(), window.rows());
    }

    @Test
    void partitions_areReadLeafByLeaf() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text) PARTITION BY RANGE (id)",
                "CREATE TABLE t_empty PARTITION OF t FOR VALUES FROM (-10) TO (0)",
                "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (1000)",
                "CREATE TABLE t_rest PARTITION OF t FOR VALUES FROM (1000) TO (5000) PARTITION BY HASH (id)",
                // other column order than the root
                "CREATE TABLE t_rest_0 (pad text, gone int, id int NOT NULL)",
                "ALTER TABLE t_rest_0 DROP COLUMN gone",
                "ALTER TABLE t_rest ATTACH PARTITION t_rest_0 FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE t_rest_1 PARTITION OF t_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "INSERT INTO t SELECT g, repeat('x', 300) FROM generate_series(1, 4000) g");
        List<WindowRows> windows = fixture.windows("t", "");
        assertAllKeys(4000, keys(windows));
        assertTrue(values(windows).stream().allMatch(v -> v.startsWith("{\"id\":")));
    }

    @Test
    void inheritanceChildren_areNotRead() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE TABLE child () INHERITS (t)",
                "INSERT INTO t VALUES (1)",
                "INSERT INTO child VALUES (2)");
        assertEquals(List.of("{\"id\":1}"), keys(fixture.windows("t", "")));
    }

    @Test
    void rowsThatDoNotMove_areReadOnceBesideUpdatesVacuumAndAborts() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int, pad text) WITH (fillfactor = 70)",
                "INSERT INTO t SELECT g, 0, repeat('x', 300) FROM generate_series(1, 6000) g");
        List<String> keys = new ArrayList<>();
        String at = "";
        boolean last = false;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int step = 0; !last; step++) {
                WindowRows window = fixture.window("t", at);
                keys.addAll(keys(window));
                at = window.resume();
                last = window.last();
                // moved or deleted, over and over: the log has them
                statement.execute("UPDATE t SET n = n + 1 WHERE id % 50 = " + step % 7);
                statement.execute("DELETE FROM t WHERE id > 5900 - " + step);
                statement.execute("BEGIN; UPDATE t SET n = -1, pad = repeat('y', 600); ROLLBACK");
                statement.execute("VACUUM t");
            }
        }
        Map<String, Long> counts = keys.stream().collect(Collectors.groupingBy(k -> k, Collectors.counting()));
        for (int id = 1; id <= 5000; id++) {
            if (id % 50 >= 7) {
                assertEquals(1, counts.get("{\"id\":" + id + "}"), "id " + id);
            }
        }
    }

    @Test
    void rewrittenTable_makesThePlaceMeaningless() throws SQLException {
        for (String rewrite : List.of(
                "VACUUM FULL t",
                "CLUSTER t USING t_pkey",
                "TRUNCATE t",
                "ALTER TABLE t ALTER n TYPE bigint USING n + 1")) {
            database.execute(
                    "DROP TABLE IF EXISTS t",
                    "CREATE TABLE t (id int PRIMARY KEY, n int, pad text)",
                    "INSERT INTO t SELECT g, g, repeat('x', 500) FROM generate_series(1, 5000) g");
            WindowRows first = fixture.window("t", "");
            database.execute(rewrite);
            LossException e = assertThrows(
                    LossException.class, () -> fixture.reader.startWindow("t", first.resume(), Long.MAX_VALUE));
            assertTrue(String.valueOf(e.getMessage()).contains("rewritten"), rewrite + ": " + e.getMessage());
            // and it may begin again at once
            assertFalse(fixture.window("t", "").rows().isEmpty() && !rewrite.startsWith("TRUNCATE"));
        }
    }

    @Test
    void droppedAndMadeAgain_makesThePlaceMeaningless() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
        WindowRows first = fixture.window("t", "");
        database.execute("DROP TABLE t", "CREATE TABLE t (id int PRIMARY KEY, pad text)");
        LossException e = assertThrows(
                LossException.class, () -> fixture.reader.startWindow("t", first.resume(), Long.MAX_VALUE));
        assertTrue(String.valueOf(e.getMessage()).contains("dropped or detached"), e.getMessage());
        assertThrows(LossException.class, () -> fixture.reader.startWindow("t", "nonsense", Long.MAX_VALUE));
    }

    @Test
    void lockedTable_isTriedAgainLater() throws SQLException {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
            RetriableException e =
                    assertThrows(RetriableException.class, () -> fixture.reader.startWindow("t", "", Long.MAX_VALUE));
            assertTrue(String.valueOf(e.getMessage()).contains("locked"), e.getMessage());
            statement.execute("COMMIT");
        }
        assertEquals(1, fixture.window("t", "").rows().size());
    }

    @Test
    void rewriteDuringAWindow_waitsForIt() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 2000) g");
        fixture.reader.startWindow("t", "", Long.MAX_VALUE);
        // the window is not fetched yet, so that its lock stands
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = 100");
            assertThrows(SQLException.class, () -> statement.execute("TRUNCATE t"));
            assertFalse(fixture.rows().rows().isEmpty());
            statement.execute("TRUNCATE t");
        }
    }

    @Test
    void killedReader_isAFaultThatPasses() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
        WindowRows first = fixture.window("t", "");
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        assertThrows(RetriableException.class, () -> fixture.window("t", first.resume()));
        List<String> keys = new ArrayList<>(keys(first));
        keys.addAll(keys(fixture.windows("t", first.resume())));
        assertAllKeys(5000, keys);
    }

    @Test
    void cancelledWindow_leavesNoSessionBehind() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 50000) g");
        fixture.reader.startWindow("t", "", Long.MAX_VALUE);
        fixture.reader.cancelWindow();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Awaitility.await().until(() -> {
                try (var row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
                    row.next();
                    return row.getInt(1) == 0;
                }
            });
        }
        assertAllKeys(50_000, keys(fixture.windows("t", "")));
    }

    @Test
    void addedColumn_isInTheNextWindow() throws SQLException {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, pad text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
        WindowRows first = fixture.window("t", "");
        database.execute("ALTER TABLE t ADD COLUMN later int");
        WindowRows second = fixture.window("t", first.resume());
        assertEquals(2, first.schema().columns().size());
        assertEquals(3, second.schema().columns().size());
        assertTrue(values(List.of(second)).get(0).endsWith(",\"later\":null}"));
    }

    private static void assertAllKeys(int count, List<String> keys) {
        assertEquals(count, keys.size());
        Set<String> expected = new TreeSet<>();
        IntStream.rangeClosed(1, count).forEach(id -> expected.add("{\"id\":" + id + "}"));
        assertEquals(expected, new TreeSet<>(keys));
    }
}
