package dev.freshet.direct;

/** What happens to later events of a key that has a dead letter. */
public enum FailedKey {
    /** They go behind it as dead letters, so that a redrive keeps the order. */
    PARK,
    /** They are sent, and overtake it. */
    SKIP
}
