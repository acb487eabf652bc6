package dev.freshet.model.ledger;

/**
 * How far the snapshot of a stream has come, or has come in the end; the relay resumes at the window where it stopped.
 *
 * @param resume where the next window begins, in the words of the source's adapter; empty at the beginning
 * @param rowsDone rows written to the topic so far, without those of which the log had a newer state
 * @param rowsEstimated rows that there may be in all, by the source's statistics; -1 if unknown
 */
public record SnapshotProgress(String resume, long rowsDone, long rowsEstimated) {
    /** Rejects negative counts. */
    public SnapshotProgress {
        if (rowsDone < 0 || rowsEstimated < -1) {
            throw new IllegalArgumentException(
                    "Rows of a snapshot must not be negative: " + rowsDone + " of " + rowsEstimated);
        }
    }
}
