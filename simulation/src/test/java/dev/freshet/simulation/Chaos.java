package dev.freshet.simulation;

import java.util.Random;

/** Kills the relay at a step now and then: what it had not made durable is gone. */
final class Chaos implements Calls {
    private final Random random;
    private final int oneIn;
    private int kills;
    /** Whether no call is answered. */
    boolean away;
    /** After how many more calls none is answered; below 0 for never. */
    int callsUntilAway = -1;

    Chaos(Random random, int oneIn) {
        this.random = random;
        this.oneIn = oneIn;
    }

    @Override
    public Trouble call() {
        away |= callsUntilAway == 0;
        callsUntilAway--;
        if (away) {
            return Trouble.BEFORE;
        }
        if (oneIn > 0 && random.nextInt(oneIn) == 0) {
            kills++;
            throw new Killed();
        }
        return Trouble.NONE;
    }

    int kills() {
        return kills;
    }
}
