package dev.freshet.model.ledger;

import org.jspecify.annotations.Nullable;

/**
 * How far a re-snapshot has come with the keys that stand in the topic: those that the table has no more get tombstones.
 *
 * @param end the topic's end at the first boundary behind a watermark that was set after what made the re-snapshot necessary:
 *     only then has the log written every key that vanished without a record, and what stands behind is the log's own or
 *     the re-snapshot's; null until that boundary is reached
 * @param next by partition, where the topic is read on; null while the rows are not done
 */
public record VanishedKeys(
        @Nullable OffsetVector end, @Nullable OffsetVector next) {
    /** The topic's end is not known yet. */
    public static final VanishedKeys NOT_BEGUN = new VanishedKeys(null, null);

    /** Rejects a place in a topic of unknown end or of other partitions. */
    public VanishedKeys {
        if (next != null && (end == null || end.partitions() != next.partitions())) {
            throw new IllegalArgumentException("Vanished keys are looked for from " + next + " on, but up to " + end);
        }
    }

    /** Returns the begin of the reading, at the topic's first records. */
    public VanishedKeys begin() {
        if (end == null) {
            throw new IllegalStateException("The end of a topic whose keys are to be read is not known");
        }
        return new VanishedKeys(end, OffsetVector.of(new long[end.partitions()]));
    }

    /** Returns this state with the place where the topic is read on. */
    public VanishedKeys at(OffsetVector offsets) {
        return new VanishedKeys(end, offsets);
    }

    /** Returns how much of the topic was read, in percent. */
    public int percent() {
        long read = 0;
        long all = 0;
        for (int p = 0; end != null && next != null && p < end.partitions(); p++) {
            all += end.offset(p);
            read += Math.min(next.offset(p), end.offset(p));
        }
        return all == 0 ? 0 : (int) (100 * read / all);
    }
}
