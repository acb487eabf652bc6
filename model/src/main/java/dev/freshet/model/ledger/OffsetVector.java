package dev.freshet.model.ledger;

import java.util.Arrays;

/** For each partition of a topic an offset, immutable. */
public final class OffsetVector {
    private final long[] offsets;

    private OffsetVector(long[] offsets) {
        this.offsets = offsets;
    }

    /**
     * Creates a vector.
     *
     * @param offsets by partition, none negative; copied
     */
    public static OffsetVector of(long... offsets) {
        for (long offset : offsets) {
            if (offset < 0) {
                throw new IllegalArgumentException("An offset must not be negative, but is " + offset);
            }
        }
        return new OffsetVector(offsets.clone());
    }

    /** Returns how many partitions there are. */
    public int partitions() {
        return offsets.length;
    }

    /** Returns the offset of a partition. */
    public long offset(int partition) {
        return offsets[partition];
    }

    /** Returns the offsets by partition, in a new array. */
    public long[] toArray() {
        return offsets.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof OffsetVector v && Arrays.equals(offsets, v.offsets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(offsets);
    }

    @Override
    public String toString() {
        return Arrays.toString(offsets);
    }
}
