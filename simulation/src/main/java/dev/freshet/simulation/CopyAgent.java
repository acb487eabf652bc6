package dev.freshet.simulation;

/** The agents of an instance of a replica. */
enum CopyAgent {
    APPLY(0),
    FILL(1),
    /** In the place of {@link #FILL}, where copies are {@code per-transaction}: seeks and keeps the part of the active one. */
    ACTIVE(1),
    FRESHNESS(2);

    private final int index;

    CopyAgent(int index) {
        this.index = index;
    }

    /** Returns its place among the agents of its process. */
    int index() {
        return index;
    }
}
