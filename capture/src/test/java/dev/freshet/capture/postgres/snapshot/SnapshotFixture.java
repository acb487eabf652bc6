package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.value.SessionSettings;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A snapshot reader of one database, and what tests do with it. A stream is called like its table. */
final class SnapshotFixture implements AutoCloseable {
    static final String SLOT = "freshet_test";
    static final SnapshotSettings SMALL =
            new SnapshotSettings(2, 100, 1 << 20, Duration.ofMillis(200), Duration.ofMinutes(1));

    final PostgresSnapshotReader reader;
    private final EmbeddedPostgres server;
    private final String database;
    private final AtomicInteger opened = new AtomicInteger();

    SnapshotFixture(EmbeddedPostgres server, String database, SnapshotSettings settings) {
        this.server = server;
        this.database = database;
        this.reader = PostgresSnapshotReader.create(
                this::connect,
                new TypeCatalog(this::connect),
                stream -> new TableCapture(stream, "public." + stream, List.of(), List.of()),
                SLOT,
                settings);
    }

    private Connection connect() throws SQLException {
        opened.incrementAndGet();
        Connection connection = server.connect(database);
        SessionSettings.pin(connection);
        return connection;
    }

    /** Returns how many connections were opened. */
    int opened() {
        return opened.get();
    }

    /** Reads one window and waits for its rows. */
    WindowRows window(String stream, String resume) {
        reader.startWindow(stream, resume, Long.MAX_VALUE);
        return rows();
    }

    /** Waits for the rows of the window that is being read. */
    WindowRows rows() {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(30))
                .until(reader::pollWindow, Optional::isPresent)
                .orElseThrow();
    }

    /** Reads windows from a place on to the table's end. */
    List<WindowRows> windows(String stream, String resume) {
        List<WindowRows> windows = new ArrayList<>();
        String at = resume;
        do {
            windows.add(window(stream, at));
            at = windows.get(windows.size() - 1).resume();
        } while (!windows.get(windows.size() - 1).last());
        return windows;
    }

    /** Looks keys up and returns those that are there. */
    Set<String> lookup(String stream, List<String> keys) {
        reader.startLookup(
                stream,
                keys.stream().map(k -> k.getBytes(StandardCharsets.UTF_8)).toList());
        Set<String> present = new TreeSet<>();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(30))
                .until(reader::pollLookup, Optional::isPresent)
                .orElseThrow()
                .forEach(k -> present.add(StandardCharsets.UTF_8.decode(k).toString()));
        return present;
    }

    static List<String> keys(List<WindowRows> windows) {
        return windows.stream().flatMap(w -> keys(w).stream()).toList();
    }

    static List<String> keys(WindowRows window) {
        return window.rows().stream()
                .map(r -> new String(r.key(), StandardCharsets.UTF_8))
                .toList();
    }

    static List<String> values(List<WindowRows> windows) {
        return windows.stream()
                .flatMap(w -> w.rows().stream())
                .map(r -> new String(r.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        reader.close();
    }
}
