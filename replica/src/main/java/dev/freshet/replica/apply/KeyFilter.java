package dev.freshet.replica.apply;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells keys that were surely not seen before, in a fixed memory: a Bloom filter (Bloom, 1970) whose bits of one key lie in
 * one block of 512 bits, so that a look costs one cache miss (Putze, Sanders, Singler: "Cache-, Hash- and Space-Efficient
 * Bloom Filters", 2007).
 *
 * <p>With a byte a key one key in about forty is taken for a seen one; it never errs the other way.
 */
public final class KeyFilter {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LONGS_A_BLOCK = 8;
    private static final int BITS_A_KEY = 5;

    private final long[] bits;
    private final int blocks;

    /**
     * Creates an empty filter.
     *
     * @param bytes its memory
     */
    public KeyFilter(int bytes) {
        blocks = Math.max(1, bytes / (LONGS_A_BLOCK * Long.BYTES));
        bits = new long[blocks * LONGS_A_BLOCK];
    }

    /** Adds a key and returns whether it was perhaps there before; false is sure. */
    public boolean perhapsSeen(byte[] key) {
        long hash = hash(key);
        int block = (int) (((hash >>> 32) * blocks) >>> 32) * LONGS_A_BLOCK;
        // the block is chosen by the upper half, the bits inside by a remixed hash: 9 bits each
        long inner = mix(hash ^ 0x9e3779b97f4a7c15L);
        boolean seen = true;
        for (int i = 0; i < BITS_A_KEY; i++) {
            int bit = (int) (inner & 511);
            inner >>>= 9;
            int word = block + (bit >>> 6);
            long mask = 1L << bit;
            seen &= (bits[word] & mask) != 0;
            bits[word] |= mask;
        }
        return seen;
    }

    /** Eight bytes at a time, each mixed in by the finalizer of MurmurHash3 (Appleby). */
    static long hash(byte[] key) {
        long h = key.length * 0x9e3779b97f4a7c15L;
        int i = 0;
        for (; i + Long.BYTES <= key.length; i += Long.BYTES) {
            h = mix(h ^ (long) LONGS.get(key, i));
        }
        long tail = 0;
        for (int shift = 0; i < key.length; i++, shift += 8) {
            tail |= (key[i] & 0xffL) << shift;
        }
        return mix(h ^ tail);
    }

    private static long mix(long h) {
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
