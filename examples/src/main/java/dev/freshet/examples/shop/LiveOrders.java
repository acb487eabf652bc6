package dev.freshet.examples.shop;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The keys of a writer's own orders, oldest first, so that recent ones can be drawn more often. Belongs to one thread. */
final class LiveOrders {
    private long[] keys = new long[1024];
    private int size;

    void add(long key) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        keys[size++] = key;
    }

    int size() {
        return size;
    }

    /** Draws the place of an order; the more recent, the more often. */
    int draw(RandomGenerator random) {
        return size - 1 - Skew.rank(random, size);
    }

    long at(int place) {
        return keys[place];
    }

    /** Takes an order out; the oldest takes its place, which does not matter to the skew. */
    void remove(int place) {
        keys[place] = keys[0];
        keys[0] = keys[size - 1];
        size--;
    }
}
