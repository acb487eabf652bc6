package dev.freshet.capture;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an outbox table showed at a moment, so that it can be told of each transaction whether its events are in it.
 *
 * @param text the transactions that it shows, as PostgreSQL writes a {@code pg_snapshot}: {@code xmin:xmax:xip,…}
 * @param lsn a place in the log behind the commits of all that it shows
 */
public record OutboxSnapshot(String text, long lsn) {
    /** Rejects a text that is none. */
    public OutboxSnapshot {
        if (!text.matches("\\d+:\\d+:[\\d,]*")) {
            throw new IllegalArgumentException("'" + text + "' is no snapshot");
        }
    }

    /** Returns whether it shows a transaction that has committed. */
    public boolean shows(long xid) {
        String[] parts = text.split(":", -1);
        Set<Long> open = Arrays.stream(parts[2].split(","))
                .filter(x -> !x.isEmpty())
                .map(Long::parseUnsignedLong)
                .collect(Collectors.toUnmodifiableSet());
        return Long.compareUnsigned(xid, Long.parseUnsignedLong(parts[1])) < 0 && !open.contains(xid);
    }

    /** Returns whether every transaction below the id had ended. */
    public boolean isAbove(long xid) {
        return Long.compareUnsigned(Long.parseUnsignedLong(text.substring(0, text.indexOf(':'))), xid) > 0;
    }
}
