package dev.freshet.replica.fill;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Whether a fill goes on with the snapshot of its stream that is under way, so that its rows are copied and not applied one by
 * one. It ends with the snapshot, when the snapshot gives no row for long, and when others have waited for long enough.
 */
final class SnapshotFollow {
    /** For that part of the time at most that a fill may take. */
    private static final int SHARE = 4;

    private final Supplier<Instant> until;
    private final Instant share;
    private final Duration patience;
    private Instant lastRow;
    private boolean snapshotting = true;

    /**
     * Creates it for a fill that starts now.
     *
     * @param until until when at most, as far as is known when it is asked
     * @param patience how long without a row of the snapshot at most
     * @param awayLimit how long a fill may take
     */
    SnapshotFollow(Instant startedAt, Supplier<Instant> until, Duration patience, Duration awayLimit) {
        this.share = startedAt.plus(awayLimit.dividedBy(SHARE));
        this.until = until;
        this.patience = patience;
        this.lastRow = startedAt;
    }

    /** Takes note of a row of the snapshot. */
    void row(Instant now) {
        lastRow = now;
    }

    /**
     * Returns whether what the topic has got meanwhile is to be read too: as long as the snapshot is under way, and once more
     * when it has ended.
     *
     * @param nowSnapshotting whether it is under way
     */
    boolean goesOn(Instant now, boolean nowSnapshotting) {
        if (!snapshotting
                || !now.isBefore(lastRow.plus(patience))
                || !now.isBefore(share)
                || !now.isBefore(until.get())) {
            return false;
        }
        snapshotting = nowSnapshotting;
        return true;
    }
}
