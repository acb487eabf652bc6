package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.Change;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that come by snapshot windows and rows that come by the log fit together. */
class SnapshotBesideLogTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServers.shared().newDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void sameRow_hasTheSameBytesByBothWays() throws Exception {
        database.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'ok')",
                "CREATE DOMAIN price AS numeric(12,4)",
                "CREATE TABLE t (id numeric, gone int, at timestamptz, b boolean, n price, f float8, t text, y bytea,"
                        + " j jsonb, k json, a int[], m mood, ms mood[], i interval, d date, u uuid, r int4range,"
                        + " js jsonb[], g numeric GENERATED ALWAYS AS (n * 2) STORED, PRIMARY KEY (at, id))",
                "ALTER TABLE t DROP COLUMN gone");
        try (LogFixture fixture = LogFixture.capture(database, LogFixture.all("t", "public.t"));
                SnapshotReader snapshots = fixture.source.snapshots()) {
            database.execute(
                    "INSERT INTO t (id, at, b, n, f, t, y, j, k, a, m, ms, i, d, u, r, js) VALUES (1.50,"
                            + " '2026-01-02 03:04:05.6+02', true, 1.5, 0.1, E'a\\tb\\nc\\\\d\"é', '\\xdeadbeef',"
                            + " '{\"x\": [1, null]}', ' {\"x\" : 1} ', '{{1,2},{3,NULL}}', 'ok', '{sad,NULL}',"
                            + " '1 day 2 hours', '0044-03-15 BC', gen_random_uuid(), '[1,5)', '{\"{\\\"q\\\": 1}\"}')",
                    "INSERT INTO t (id, at, j, k) VALUES (0.0, 'infinity', 'null', 'null')",
                    "INSERT INTO t (id, at) VALUES (1e20, '0044-03-15 00:00+00 BC')");
            Map<String, String> log = new TreeMap<>();
            fixture.open();
            LogFixture.rows(fixture.drain()).forEach(c -> apply(c, log));
            Map<String, String> snapshot = new TreeMap<>();
            snapshots.startWindow("t", "", Long.MAX_VALUE);
            WindowRows window = rows(snapshots);
            window.rows().forEach(r -> snapshot.put(text(r.key()), text(r.value())));
            assertEquals(3, snapshot.size());
            assertEquals(log, snapshot);
            assertEquals(fixture.streams.get(0).schema(), window.schema());
        }
    }

    @Test
    void windowsBesideLiveChanges_giveTheSourcesRows() throws Exception {
        long seed = System.nanoTime();
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int, pad text) WITH (fillfactor = 80)",
                "INSERT INTO t SELECT g, 0, repeat('x', 200) FROM generate_series(1, 20000) g");
        SnapshotSettings settings =
                new SnapshotSettings(2, 1000, 1 << 20, Duration.ofSeconds(1), Duration.ofMinutes(1));
        LogFixture fixture = LogFixture.create(database, b -> b.snapshot(settings));
        AtomicBoolean stop = new AtomicBoolean();
        try (fixture;
                SnapshotReader snapshots = fixture.source.snapshots()) {
            fixture.streams = fixture.source.capture(List.of(LogFixture.all("t", "public.t")));
            fixture.start = fixture.source.createSlot();
            List<CompletableFuture<?>> writers = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                Random random = new Random(seed + w);
                writers.add(CompletableFuture.runAsync(() -> write(random, stop)));
            }
            MiniRelay relay = new MiniRelay(fixture.open(), snapshots);
            int windows = relay.snapshot("t");
            stop.set(true);
            for (CompletableFuture<?> writer : writers) {
                writer.get(20, TimeUnit.SECONDS);
            }
            relay.readToMark("end");
            assertTrue(windows > 10, "windows: " + windows);
            assertTrue(relay.dropped > 0, "rows that changed while they were read: " + relay.dropped);

            Map<String, String> source = new TreeMap<>();
            String at = "";
            boolean last = false;
            while (!last) {
                snapshots.startWindow("t", at, Long.MAX_VALUE);
                WindowRows window = rows(snapshots);
                window.rows().forEach(r -> source.put(text(r.key()), text(r.value())));
                at = window.resume();
                last = window.last();
            }
            assertFalse(source.isEmpty());
            assertEquals(source, relay.state, "seed " + seed);
        } finally {
            stop.set(true);
        }
    }

    /** Inserts, updates that move rows, key changes, deletes, roll-backs and vacuums at random. */
    private void write(Random random, AtomicBoolean stop) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (!stop.get()) {
                int id = random.nextInt(24_000);
                String begin = "BEGIN; SET LOCAL lock_timeout = '1s';";
                String change =
                        switch (random.nextInt(8)) {
                            case 0 -> "INSERT INTO t VALUES (" + id + ", 1, 'new') ON CONFLICT DO NOTHING";
                            case 1 -> "DELETE FROM t WHERE id = " + id;
                            case 2 ->
                                "UPDATE t SET id = id + 30000 + " + random.nextInt(1000) + " WHERE id = " + id
                                        + " AND NOT EXISTS (SELECT FROM t WHERE id >= 30000)";
                            case 3 -> "UPDATE t SET pad = repeat('y', 1500) WHERE id = " + id;
                            default -> "UPDATE t SET n = n + 1 WHERE id BETWEEN " + id + " AND " + (id + 20);
                        };
                try {
                    statement.execute(begin + change + (random.nextInt(5) == 0 ? "; ROLLBACK" : "; COMMIT"));
                    if (random.nextInt(200) == 0) {
                        statement.execute("VACUUM t");
                    }
                } catch (SQLException e) {
                    // the writers get in each other's way: a key that is there already, a deadlock
                    statement.execute("ROLLBACK");
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void apply(Change change, Map<String, String> state) {
        byte[] value = change.value();
        if (value == null) {
            state.remove(text(change.key()));
        } else {
            state.put(text(change.key()), text(value));
        }
    }

    private static WindowRows rows(SnapshotReader snapshots) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(snapshots::pollWindow, Optional::isPresent)
                .orElseThrow();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** The protocol's steps around windows, as short as they can be: the relay's own are tested there. */
    private static final class MiniRelay {
        private final ChangeLog log;
        private final SnapshotReader snapshots;
        private final Map<String, String> state = new TreeMap<>();
        private final Set<Long> streamed = new HashSet<>();
        private @Nullable Set<String> touched;
        private int dropped;

        MiniRelay(ChangeLog log, SnapshotReader snapshots) {
            this.log = log;
            this.snapshots = snapshots;
        }

        int snapshot(String stream) throws InterruptedException {
            long joined = snapshots.allotTransactionId();
            while (!snapshots.allEndedBelow(joined)) {
                poll();
            }
            String at = "";
            boolean last = false;
            int windows = 0;
            while (!last) {
                readToMark("low " + windows);
                while (!snapshots.invisible(streamed).isEmpty()) {
                    Thread.onSpinWait();
                }
                streamed.clear();
                Set<String> changed = new HashSet<>();
                touched = changed;
                snapshots.startWindow(stream, at, Long.MAX_VALUE);
                Optional<WindowRows> window = snapshots.pollWindow();
                while (window.isEmpty()) {
                    poll();
                    window = snapshots.pollWindow();
                }
                readToMark("high " + windows++);
                touched = null;
                for (WindowRows.Row row : window.get().rows()) {
                    if (changed.contains(text(row.key()))) {
                        dropped++;
                    } else {
                        state.put(text(row.key()), text(row.value()));
                    }
                }
                at = window.get().resume();
                last = window.get().last();
            }
            return windows;
        }

        void readToMark(String mark) throws InterruptedException {
            snapshots.mark(mark);
            boolean seen = false;
            while (!seen) {
                seen = poll().contains(mark);
            }
        }

        /** Applies what the log has, and returns the marks in it. */
        private List<String> poll() throws InterruptedException {
            List<String> marks = new ArrayList<>();
            for (LogEvent event : log.poll(Duration.ofMillis(1))) {
                if (event instanceof LogEvent.Begun begun) {
                    streamed.add(begun.xid());
                } else if (event instanceof LogEvent.Marked marked) {
                    marks.add(marked.text());
                } else if (event instanceof LogEvent.Row row) {
                    apply(row.change(), state);
                    if (touched != null) {
                        touched.add(text(row.change().key()));
                    }
                }
            }
            return marks;
        }
    }
}
