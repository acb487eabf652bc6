package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Writes rows of {@link ChangedTable}s by columns that no statement changes, on a thread of its own, until it is closed. */
final class TableWriter implements AutoCloseable {
    private static final long PAUSE_NANOS = 3_000_000;

    private static final int FIRST_KEY = 10;

    private final List<String> tables;
    private final Random random;
    private final Connection connection;
    private final CompletableFuture<Void> end;
    private volatile boolean stopping;

    private TableWriter(Connection connection, List<String> tables, long seed) {
        this.connection = connection;
        this.tables = List.copyOf(tables);
        this.random = new Random(seed);
        this.end = new CompletableFuture<>();
    }

    static TableWriter start(LiveCopies.Database source, List<String> tables, long seed) throws SQLException {
        TableWriter writer = new TableWriter(source.connect(), tables, seed);
        writer.end.completeAsync(writer::write, r -> new Thread(r, "writer").start());
        return writer;
    }

    private Void write() {
        try (Connection c = connection;
                Statement s = c.createStatement()) {
            c.setAutoCommit(false);
            for (long id = ChangedTable.KEYS + 1L; !stopping; id++) {
                String table = tables.get(random.nextInt(tables.size()));
                s.execute("INSERT INTO " + table + " (id, tick) VALUES (" + id + ", 0)");
                s.execute("UPDATE " + table + " SET tick = tick + 1 WHERE id = " + anyKey());
                s.execute("DELETE FROM " + table + " WHERE id = " + anyKey());
                c.commit();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return null;
        } catch (SQLException e) {
            throw new IllegalStateException("The writer has failed", e);
        }
    }

    private int anyKey() {
        return FIRST_KEY + random.nextInt(ChangedTable.KEYS - FIRST_KEY);
    }

    /** Returns whether it still writes. */
    boolean isWriting() {
        return !end.isDone();
    }

    /** Ends it, and fails if it failed. */
    @Override
    public void close() {
        stopping = true;
        end.join();
    }
}
