package dev.freshet.capture.postgres.snapshot;

/**
 * How many pages a window should take, learnt from those before it. Not thread-safe.
 *
 * <p>The first window is small. From one window to the next the number grows at most fourfold, so that a dense part after
 * a sparse one seldom has to be cut.
 */
final class Density {
    private static final long FIRST_PAGES = 256;
    private static final long MOST_PAGES = 32_768;
    private static final int GROWTH = 4;

    private final SnapshotSettings settings;
    private long pages = FIRST_PAGES;

    Density(SnapshotSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns how many pages the next window should take, at least one.
     *
     * @param mostRows about how many rows they may have, if that is less than the settings say
     */
    long pages(long mostRows) {
        return mostRows >= settings.rows() ? pages : Math.max(1, pages * mostRows / settings.rows());
    }

    /** Learns from a window: how many pages it took, and how many rows and bytes of JSON stood in them. */
    void learn(long pagesRead, long rows, long bytes) {
        if (pagesRead <= 0) {
            return;
        }
        double byRows = rows == 0 ? MOST_PAGES : (double) pagesRead * settings.rows() / rows;
        double byBytes = bytes == 0 ? MOST_PAGES : (double) pagesRead * settings.bytes() / bytes;
        long wanted = (long) Math.min(byRows, byBytes);
        // a window at the table's end, with few pages, says something of density but must not shrink the next one
        long most = Math.min(MOST_PAGES, GROWTH * Math.max(pages, pagesRead));
        pages = Math.max(1, Math.min(wanted, most));
    }
}
