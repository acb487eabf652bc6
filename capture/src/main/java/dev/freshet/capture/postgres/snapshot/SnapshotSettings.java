package dev.freshet.capture.postgres.snapshot;

import java.time.Duration;

/**
 * The limits of snapshot windows.
 *
 * <p>A window aims at {@code rows} and {@code bytes}, whichever is reached first, by the density of the pages read before;
 * where the next pages are denser than that, it is cut at twice the aim.
 *
 * @param readers how many chunks are read side by side, each on a connection of its own; at least 1, default 2
 * @param rows how many rows a window aims at; at least 1, default 40,000
 * @param bytes how many bytes of encoded keys and values a window aims at; at least 1, default 16 MiB
 * @param lockWait how long to wait for a table that is locked, such as by ALTER TABLE; above zero, default 500 ms
 * @param limit how long a window's transactions may take before the server ends them; above zero, default 5 minutes
 */
public record SnapshotSettings(int readers, int rows, int bytes, Duration lockWait, Duration limit) {
    /** The defaults. */
    public static final SnapshotSettings DEFAULTS =
            new SnapshotSettings(2, 40_000, 16 << 20, Duration.ofMillis(500), Duration.ofMinutes(5));

    /** Rejects limits below one. */
    public SnapshotSettings {
        if (readers < 1 || rows < 1 || bytes < 1) {
            throw new IllegalArgumentException("A snapshot's readers (" + readers + "), rows (" + rows + ") and bytes ("
                    + bytes + ") must be at least 1");
        }
        if (lockWait.toMillis() < 1 || limit.toMillis() < 1) {
            throw new IllegalArgumentException("A snapshot's lock wait (" + lockWait + ") and limit (" + limit
                    + ") must be at least a millisecond");
        }
    }
}
