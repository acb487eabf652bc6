package dev.freshet.examples.demo;

/** The rate of a counter over the last seconds. Belongs to one thread. */
final class Rate {
    private static final int KEPT = 8;

    private final long[] nanos = new long[KEPT];
    private final long[] counts = new long[KEPT];
    private int samples;

    /** Takes note of the counter and returns its rate a second since the oldest kept sample. */
    double sample(long nanoTime, long count) {
        int slot = samples % KEPT;
        int oldest = samples < KEPT ? 0 : slot;
        double seconds = samples == 0 ? 0 : (nanoTime - nanos[oldest]) / 1e9;
        double rate = seconds <= 0 ? 0 : Math.max(0, count - counts[oldest]) / seconds;
        nanos[slot] = nanoTime;
        counts[slot] = count;
        samples++;
        return rate;
    }
}
