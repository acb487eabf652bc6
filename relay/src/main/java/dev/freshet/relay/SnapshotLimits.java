package dev.freshet.relay;

/**
 * How much snapshots read.
 *
 * @param maxRowsPerSecond how many rows a second at most, unless an operator says otherwise; 0 for no limit
 * @param lookupKeys how many of a topic's keys are looked up in the table at once, about; at least 1
 */
public record SnapshotLimits(long maxRowsPerSecond, int lookupKeys) {
    /** So many keys are looked up at once by default. */
    public static final int DEFAULT_LOOKUP_KEYS = 5_000;

    /** No limit of rows a second, and the default number of keys. */
    public static final SnapshotLimits DEFAULT = new SnapshotLimits(0, DEFAULT_LOOKUP_KEYS);

    /** Rejects what could not be read with. */
    public SnapshotLimits {
        if (maxRowsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "A snapshot's rows a second must not be negative, but are " + maxRowsPerSecond);
        }
        if (lookupKeys < 1) {
            throw new IllegalArgumentException(
                    "A re-snapshot must be allowed to look up 1 key at once or more, but is allowed " + lookupKeys);
        }
    }
}
