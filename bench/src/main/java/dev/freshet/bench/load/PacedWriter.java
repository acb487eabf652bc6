package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Writes transactions of one row or event at a steady rate over several connections, each commit as durable as the server is set. */
public final class PacedWriter {
    private static final int CONNECTIONS = 4;

    private PacedWriter() {}

    /** Makes writers. */
    public interface Writers {
        /** Returns a writer for one thread, which closes it. */
        Load.Writer open() throws SQLException;
    }

    /**
     * Writes all rows and returns when they are committed.
     *
     * @param writers makes a writer for each connection
     * @param latencies takes note of each commit; it names the rows
     * @param perSecond how many transactions a second
     */
    public static void write(Writers writers, Latencies latencies, int perSecond) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
        long start = System.nanoTime();
        try {
            List<Future<?>> writing = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                writing.add(pool.submit(() -> {
                    write(writers, latencies, perSecond, first, start);
                    return null;
                }));
            }
            for (Future<?> one : writing) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new BenchException("A row could not be written: " + e.getCause(), e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void write(Writers writers, Latencies latencies, int perSecond, int first, long start)
            throws SQLException {
        try (Load.Writer writer = writers.open()) {
            for (int i = first; i < latencies.rows(); i += CONNECTIONS) {
                long due = start + i * 1_000_000_000L / perSecond;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                long id = latencies.firstId() + i;
                writer.write(id, id);
                latencies.committed(id);
            }
        }
    }
}
