package dev.freshet.capture.polling;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the database keeps of the numbering.
 *
 * @param identity the name of this history; null while no relay has asked for it
 * @param slot the slot's name, or null if there is none
 * @param confirmed below which number everything is in Kafka
 * @param next the next number
 * @param high up to which {@code seq} everything was looked at
 * @param settled up to which {@code seq} nothing can come any more
 */
public record State(
        @Nullable String identity, @Nullable String slot, long confirmed, long next, long high, long settled) {
    /** How many numbers a new slot leaves out at most: 2^40, so that some millions of slots have room. */
    public static final long MOST_LEFT_OUT = 1L << 40;

    /**
     * Returns the first number of a new slot, from which on everything is numbered again.
     *
     * <p>Implementation note. Unless none was ever given, it lies somewhere far above the last. So a database that is set back to
     * before the slot was made, or to what it was on a way that it did not go, has no number where the new slot's are, and that is
     * told; else what has such a number there would count as sent.
     *
     * @param random draws how far, below {@link #MOST_LEFT_OUT}
     */
    public long firstOfNewSlot(Random random) {
        return next == 1 ? 1 : next + 1 + Math.floorMod(random.nextLong(), MOST_LEFT_OUT);
    }
}
