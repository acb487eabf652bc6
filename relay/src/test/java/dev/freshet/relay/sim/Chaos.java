package dev.freshet.relay.sim;

import java.util.Random;

/** Kills the relay at a step now and then: what it had not made durable is gone. */
final class Chaos {
    /** The end of a process, which nobody may catch. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Random random;
    private final int oneIn;
    private int kills;

    Chaos(Random random, int oneIn) {
        this.random = random;
        this.oneIn = oneIn;
    }

    void step() {
        if (oneIn > 0 && random.nextInt(oneIn) == 0) {
            kills++;
            throw new Killed();
        }
    }

    int kills() {
        return kills;
    }
}
