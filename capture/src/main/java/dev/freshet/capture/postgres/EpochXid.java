package dev.freshet.capture.postgres;

/**
 * Gives the log's 32-bit transaction ids their upper half: an id lies within 2^31 of every other one that is still of use,
 * so the 64-bit id nearest to a known one is meant. Belongs to one thread.
 */
final class EpochXid {
    private static final long HALF = 1L << 31;
    private static final long SPAN = 1L << 32;

    private long reference;

    /**
     * Creates the extension.
     *
     * @param reference a 64-bit id of about now, such as {@code pg_snapshot_xmax} of a new snapshot
     */
    EpochXid(long reference) {
        this.reference = reference;
    }

    /** Returns the 64-bit id nearest to the highest one known. */
    long extend(int xid) {
        long candidate = (reference & -SPAN) | Integer.toUnsignedLong(xid);
        if (candidate - reference > HALF) {
            candidate -= SPAN;
        } else if (reference - candidate > HALF) {
            candidate += SPAN;
        }
        reference = Math.max(reference, candidate);
        return candidate;
    }
}
