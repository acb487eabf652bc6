package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import java.util.HashSet;
import java.util.Set;

/**
 * Transactions that the log gave and that a new snapshot may not show yet. Belongs to the relay's thread.
 *
 * <p>Those of before a low watermark are a fixed set, for which a window waits; those that the log gives meanwhile join it at
 * the next watermark.
 */
final class Unsettled {
    /** So many are looked at again while nothing waits for them, so that they do not pile up. */
    private static final int MANY = 10_000;

    private final SnapshotReader reader;
    private final Set<Long> fixed = new HashSet<>();
    private final Set<Long> since = new HashSet<>();

    Unsettled(SnapshotReader reader) {
        this.reader = reader;
    }

    /** Takes note of a transaction of the log. */
    void add(long xid) {
        since.add(xid);
    }

    /** Returns whether there are so many that they should be looked at again. */
    boolean areMany() {
        return since.size() > MANY;
    }

    /** Forgets those that a new snapshot shows by now. */
    void trim() {
        if (!since.isEmpty()) {
            since.retainAll(reader.invisible(since));
        }
    }

    /** Has the next window wait for all that the log has given up to here. */
    void fix() {
        fixed.addAll(since);
        since.clear();
    }

    /** Returns whether nothing is waited for. */
    boolean isSettled() {
        return fixed.isEmpty();
    }

    /** Looks again whether what is waited for is visible. */
    void settle() {
        fixed.retainAll(reader.invisible(fixed));
    }

    /** Waits for nothing more; what the log has given since stays noted. */
    void release() {
        fixed.clear();
    }

    /** Forgets all. */
    void clear() {
        fixed.clear();
        since.clear();
    }
}
