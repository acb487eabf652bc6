package dev.freshet.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When each row was committed, and when it was seen at the other end, by the monotonic clock. Thread-safe.
 *
 * <p>The rows have the ids from the first on. Those of the first part, during which the contender warms up, count only
 * for completeness.
 */
public final class Latencies {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long firstId;
    private final int warmUp;
    private final AtomicLongArray committed;
    private final AtomicLongArray seen;
    private final AtomicInteger missing;

    /**
     * Creates a record of rows.
     *
     * @param firstId the first row's id
     * @param rows how many there will be
     * @param warmUp how many of the first ones do not count
     */
    public Latencies(long firstId, int rows, int warmUp) {
        this.firstId = firstId;
        this.warmUp = warmUp;
        this.committed = new AtomicLongArray(rows);
        this.seen = new AtomicLongArray(rows);
        this.missing = new AtomicInteger(rows);
    }

    /** Returns the first row's id. */
    public long firstId() {
        return firstId;
    }

    /** Returns how many rows there will be. */
    public int rows() {
        return committed.length();
    }

    /** Takes note that a row's commit has returned just now. */
    public void committed(long id) {
        committed.set((int) (id - firstId), System.nanoTime());
    }

    /** Writes when each row was committed to a file, for another JVM of this machine. */
    public void writeCommits(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(rows() * Long.BYTES);
        for (int i = 0; i < rows(); i++) {
            bytes.putLong(committed.get(i));
        }
        Files.write(file, bytes.array());
    }

    /**
     * Takes note of the commits in a file that another JVM of this machine has written: the monotonic clock is the machine's
     * where there is a {@code /proc}.
     */
    public void readCommits(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int i = 0; i < rows(); i++) {
            committed.set(i, bytes.getLong());
        }
    }

    /** Takes note that a row is there just now; only the first time counts, and ids of other rows do not. */
    public void seen(long id) {
        int at = (int) (id - firstId);
        if (at >= 0 && at < seen.length() && seen.compareAndSet(at, 0, System.nanoTime())) {
            missing.decrementAndGet();
        }
    }

    /** Returns whether a row has been seen. */
    public boolean isSeen(long id) {
        return seen.get((int) (id - firstId)) != 0;
    }

    /** Returns how many rows have not been seen. */
    public int missing() {
        return missing.get();
    }

    /**
     * Returns the milliseconds within which this part of the rows were seen.
     *
     * @param part from 0 to 1: 0.5 for the median, 1 for the maximum
     */
    public double percentileMillis(double part) {
        long[] sorted = new long[rows() - warmUp];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = seen.get(i + warmUp) - committed.get(i + warmUp);
        }
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(part * (sorted.length - 1))] / NANOS_PER_MILLI;
    }

    /** Returns how long the writing took, from the first to the last commit. */
    public Duration writing() {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < rows(); i++) {
            first = Math.min(first, committed.get(i));
            last = Math.max(last, committed.get(i));
        }
        return Duration.ofNanos(last - first);
    }
}
