package dev.freshet.direct;

/** Where a published event has gone; it is safe there. */
public enum Outcome {
    /** Its topic has it, on all in-sync replicas. */
    SENT,
    /** The dead-letter topic has it, for {@code freshet dlq redrive} or {@code discard}. */
    DEAD_LETTERED,
    /** The table {@code freshet_undelivered} has it; it is sent once Kafka takes it. */
    KEPT
}
