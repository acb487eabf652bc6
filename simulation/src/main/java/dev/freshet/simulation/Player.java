package dev.freshet.simulation;

import java.util.List;
import java.util.function.Consumer;

/** Takes a schedule's decisions one after the other, also those that come while a process stands still amidst one. */
final class Player {
    private static final int DEPTH = 3;

    private final Consumer<Decision> step;
    private List<Decision> decisions = List.of();
    private int next;
    private int depth;

    /** Creates it; {@code step} does what a decision says. */
    Player(Consumer<Decision> step) {
        this.step = step;
    }

    /** Does all that the schedule says. */
    void play(Schedule what) {
        decisions = what.decisions();
        next = 0;
        while (next < decisions.size()) {
            step.accept(decisions.get(next++));
        }
    }

    /** Does some of the steps to come while a process stands still. */
    Calls.Trouble standStill(int count) {
        if (depth < DEPTH) {
            depth++;
            for (int i = 0; i < count && next < decisions.size(); i++) {
                step.accept(decisions.get(next++));
            }
            depth--;
        }
        return Calls.Trouble.NONE;
    }
}
