package dev.freshet.replica;

/**
 * Where a {@code per-key} replica sends the records that its tables refuse, so that their keys alone stand still.
 *
 * @param topic the dead-letter topic
 * @param limit how many keys of a stream may be parked at most, 1 to 1,000,000; beyond that the partition of the next record
 *     that is refused stops
 */
public record DeadLetterSettings(String topic, int limit) {
    /** How many keys of a stream may be parked where nothing else is said. */
    public static final int DEFAULT_LIMIT = 1_000;

    /** Rejects a missing topic and a limit that is out of range. */
    public DeadLetterSettings {
        if (topic.isBlank()) {
            throw new IllegalArgumentException("dead-letter-topic is empty; name a topic, or leave it out");
        }
        if (limit < 1 || limit > 1_000_000) {
            throw new IllegalArgumentException("dead-letter-limit must be between 1 and 1000000, but is " + limit);
        }
    }
}
