package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Observer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Writes at a steady rate and watches the other end.
 *
 * @param perSecond transactions a second
 * @param warmUp for how long what is written does not count: the JVMs of contender and broker compile, which takes a core for
 *     a while
 * @param length for how long it counts
 */
record LatencyProbe(int perSecond, Duration warmUp, Duration length) {
    /** How long a warm-up is by default. */
    static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final long ARRIVAL_LIMIT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final double RATE_KEPT = 0.95;

    /**
     * Returns a probe of which no row counts. One goes before the first contender, whose turn the servers would else take for
     * their own warm-up: the same relay had a median of 9 ms in its first turn and of 7 in its third.
     */
    LatencyProbe warmUpOnly() {
        return new LatencyProbe(perSecond, warmUp, Duration.ZERO);
    }

    /** Writes. */
    interface Writing {
        /** Writes the rows at this rate, and returns when they are committed and noted as such. */
        void write(Latencies latencies, int perSecond) throws Exception;
    }

    /**
     * Runs once.
     *
     * @param writing writes
     * @param firstId the first row's id
     * @param observer looks at the other end; closed by the caller
     * @param alive throws if the contender has failed
     * @throws BenchException if rows are missing 30 s after the last was written, or if the rate could not be kept
     */
    Latencies run(Writing writing, long firstId, Observer observer, Runnable alive) throws Exception {
        int uncounted = rows(warmUp);
        int rows = uncounted + rows(length);
        Latencies latencies = new Latencies(firstId, rows, uncounted);
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(writing, latencies));
        long deadline = 0;
        while (latencies.missing() > 0 || !written.isDone()) {
            observer.look(latencies);
            if (written.isDone()) {
                written.join();
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

    private int rows(Duration time) {
        return (int) (perSecond * time.toMillis() / 1000);
    }

    private void write(Writing writing, Latencies latencies) {
        try {
            writing.write(latencies, perSecond);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while rows were written", e);
        } catch (Exception e) {
            throw new BenchException("The rows could not be written: " + e.getMessage(), e);
        }
    }
}
