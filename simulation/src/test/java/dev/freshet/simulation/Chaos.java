package dev.freshet.simulation;

import java.util.Random;

/** Kills the relay at a step now and then: what it had not made durable is gone. */
final class Chaos implements Calls {
    private final Random random;
    private final int oneIn;
    private int kills;

    Chaos(Random random, int oneIn) {
        this.random = random;
        this.oneIn = oneIn;
    }

    @Override
    public Trouble call() {
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
