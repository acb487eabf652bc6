package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Writes one-row transactions at a steady rate over several connections, each commit as durable as the server is set. */
public final class PacedWriter {
    private static final int CONNECTIONS = 4;

    private PacedWriter() {}

    /** Makes connections. */
    public interface Connections {
        /** Returns a new connection. */
        Connection open() throws SQLException;
    }

    /**
     * Writes all rows and returns when they are committed.
     *
     * @param connections to the database that has the table
     * @param latencies takes note of each commit; it names the rows
     * @param perSecond how many transactions a second
     */
    public static void write(Connections connections, Latencies latencies, int perSecond) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        long start = System.nanoTime();
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                writers.add(pool.submit(() -> {
                    write(connections, latencies, perSecond, first, start);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } catch (ExecutionException e) {
            throw new BenchException("A row could not be written: " + e.getCause(), e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void write(Connections connections, Latencies latencies, int perSecond, int first, long start)
            throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement insert = connection.prepareStatement(BenchTable.insertOne())) {
            for (int i = first; i < latencies.rows(); i += CONNECTIONS) {
                long due = start + i * 1_000_000_000L / perSecond;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                insert.setLong(1, latencies.firstId() + i);
                insert.executeUpdate();
                latencies.committed(latencies.firstId() + i);
            }
        }
    }
}
