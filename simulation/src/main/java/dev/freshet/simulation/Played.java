package dev.freshet.simulation;

/** A world that does what a schedule says. */
interface Played {
    /**
     * What was done and checked, as a {@link Trial} tells it.
     *
     * @param steps how many steps were made
     */
    record Checked(int steps, long claims, long boundaries, long moves, long events) {}

    /**
     * Does all that the schedule says.
     *
     * @throws Violation if an invariant does not hold
     */
    void play(Schedule what);

    /**
     * Goes on without faults until everything is complete, and what is broken is repaired.
     *
     * @throws Violation if an invariant does not hold, or it does not become so
     */
    void settle();

    /** Returns what was done and checked. */
    Checked checked();
}
