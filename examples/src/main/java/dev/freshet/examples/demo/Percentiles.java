package dev.freshet.examples.demo;

import java.util.Arrays;

/** Measured times, kept up to a number: the newest replace the oldest. All methods may be called by any thread. */
final class Percentiles {
    private final long[] nanos;
    private int count;
    private long total;

    Percentiles(int kept) {
        nanos = new long[kept];
    }

    synchronized void add(long value) {
        nanos[(int) (total % nanos.length)] = value;
        total++;
        count = Math.min(count + 1, nanos.length);
    }

    /** Returns how many were measured in all. */
    synchronized long total() {
        return total;
    }

    /** Returns a percentile of those that are kept, in milliseconds; NaN if there are none. */
    synchronized double millis(double percent) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int index = (int) Math.ceil(percent / 100 * count) - 1;
        return sorted[Math.max(0, Math.min(count - 1, index))] / 1e6;
    }
}
