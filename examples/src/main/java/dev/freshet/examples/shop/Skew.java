package dev.freshet.examples.shop;

import java.util.random.RandomGenerator;

/**
 * Draws ranks so that few are drawn often and most are drawn rarely, as customers and products are: rank {@code k} (from 0)
 * comes with a probability of about {@code 1 / (k + 1)}, Zipf's law with exponent 1, by inversion of its continuous form.
 */
public final class Skew {
    private Skew() {}

    /**
     * Draws a rank.
     *
     * @param random the source of chance
     * @param count how many ranks there are, 1 or more
     * @return from 0 to count - 1
     */
    public static int rank(RandomGenerator random, int count) {
        int rank = (int) Math.exp(random.nextDouble() * Math.log(count + 1.0)) - 1;
        return Math.min(rank, count - 1);
    }

    /** Spreads ranks over keys, so that the often drawn are not neighbours: a permutation of 0 to count - 1. */
    public static int scatter(int rank, int count) {
        // 2654435761 is Knuth's multiplicative constant, a prime: it has no common divisor with any smaller count
        return (int) (rank * 2_654_435_761L % count);
    }
}
