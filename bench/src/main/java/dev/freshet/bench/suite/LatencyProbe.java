package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import dev.freshet.bench.load.PacedWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Writes at a steady rate and watches the other end.
 *
 * @param perSecond transactions a second
 * @param length for how long
 */
record LatencyProbe(int perSecond, Duration length) {
    /** What is written so long does not count: the JVMs of contender and broker compile, which takes a core for a while. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final long ARRIVAL_LIMIT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final double RATE_KEPT = 0.95;

    /**
     * Returns a probe of which no row counts. One goes before the first contender, whose turn the servers would else take for
     * their own warm-up: the same relay had a median of 9 ms in its first turn and of 7 in its third.
     */
    LatencyProbe warmUpOnly() {
        return new LatencyProbe(perSecond, Duration.ZERO);
    }

    /**
     * Runs once.
     *
     * @param connections to the database that is written
     * @param firstId the first row's id
     * @param observer looks at the other end; closed by the caller
     * @param alive throws if the contender has failed
     * @throws BenchException if rows are missing 30 s after the last was written, or if the rate could not be kept
     */
    Latencies run(PacedWriter.Connections connections, long firstId, Observer observer, Runnable alive)
            throws Exception {
        int warmUp = (int) (perSecond * WARM_UP.toSeconds());
        int rows = warmUp + (int) (perSecond * length.toMillis() / 1000);
        Latencies latencies = new Latencies(firstId, rows, warmUp);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                PacedWriter.write(connections, latencies, perSecond);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("Interrupted while rows were written", e);
            }
        });
        long deadline = 0;
        while (latencies.missing() > 0 || !writing.isDone()) {
            observer.look(latencies);
            if (writing.isDone()) {
                writing.join();
                alive.run();
                deadline = deadline == 0 ? System.nanoTime() + ARRIVAL_LIMIT_NANOS : deadline;
            }
            if (deadline != 0 && System.nanoTime() > deadline) {
                throw new BenchException(latencies.missing() + " of " + rows + " rows had not arrived "
                        + ARRIVAL_LIMIT_NANOS / 1_000_000_000L + " s after the last was committed");
            }
        }
        double reached = rows * 1e9 / latencies.writing().toNanos();
        if (reached < perSecond * RATE_KEPT) {
            throw new BenchException("Only " + Math.round(reached)
                    + " transactions a second could be written instead of " + perSecond + ": set --rate to fewer");
        }
        return latencies;
    }
}
