package dev.freshet.model.ledger;

import org.jspecify.annotations.Nullable;

/**
 * How far the snapshot of a stream has come, or has come in the end; the relay resumes at the window where it stopped.
 *
 * @param resume where the next window begins, in the words of the source's adapter; empty at the beginning
 * @param rowsDone rows written to the topic so far, without those of which the log had a newer state
 * @param rowsEstimated rows that there may be in all, by the source's statistics; -1 if unknown
 * @param keys for a re-snapshot, how far the search for vanished keys is; null for a first one, whose topic was empty, and
 *     once it is done
 * @param paused whether an operator has paused it
 * @param maxRowsPerSecond how many rows a second it may read by an operator's word; 0 where only the settings say so
 */
public record SnapshotProgress(
        String resume,
        long rowsDone,
        long rowsEstimated,
        @Nullable VanishedKeys keys,
        boolean paused,
        long maxRowsPerSecond) {
    /** Rejects negative counts. */
    public SnapshotProgress {
        if (rowsDone < 0 || rowsEstimated < -1 || maxRowsPerSecond < 0) {
            throw new IllegalArgumentException("Rows of a snapshot must not be negative: " + rowsDone + " of "
                    + rowsEstimated + ", at most " + maxRowsPerSecond + " a second");
        }
    }

    /** Creates the progress of a first snapshot. */
    public SnapshotProgress(String resume, long rowsDone, long rowsEstimated) {
        this(resume, rowsDone, rowsEstimated, null, false, 0);
    }

    /** Returns the begin of a first snapshot, into an empty topic. */
    public static SnapshotProgress first() {
        return new SnapshotProgress("", 0, -1);
    }

    /** Returns the begin of a re-snapshot; what an operator has said of this one holds for it too. */
    public SnapshotProgress again() {
        return new SnapshotProgress("", 0, -1, VanishedKeys.NOT_BEGUN, paused, maxRowsPerSecond);
    }

    /** Returns whether the rows are done and the vanished keys are being looked for. */
    public boolean atKeys() {
        return keys != null && keys.next() != null;
    }

    /** Returns whether it can go on: what is looked for in the topic is known, or nothing is. */
    public boolean isReady() {
        return !paused && (keys == null || keys.end() != null);
    }

    /** Returns this progress at another window of rows. */
    public SnapshotProgress at(String place, long done) {
        return new SnapshotProgress(place, done, rowsEstimated, keys, paused, maxRowsPerSecond);
    }

    /** Returns this progress with another estimate. */
    public SnapshotProgress withEstimate(long rows) {
        return new SnapshotProgress(resume, rowsDone, rows, keys, paused, maxRowsPerSecond);
    }

    /** Returns this progress with another state of the search for vanished keys. */
    public SnapshotProgress withKeys(VanishedKeys state) {
        return new SnapshotProgress(resume, rowsDone, rowsEstimated, state, paused, maxRowsPerSecond);
    }

    /** Returns this progress with what an operator says of it. */
    public SnapshotProgress with(boolean pause, long rowsPerSecond) {
        return new SnapshotProgress(resume, rowsDone, rowsEstimated, keys, pause, rowsPerSecond);
    }

    /** Returns what is kept of it once it is done. */
    public SnapshotProgress ended() {
        return new SnapshotProgress(resume, rowsDone, rowsEstimated);
    }
}
