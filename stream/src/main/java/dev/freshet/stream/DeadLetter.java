package dev.freshet.stream;

import java.util.Map;

/**
 * A record of a stream that a copy could not take, to be sent to a topic of its own: as it stands in its topic, with key,
 * value and headers, and further headers that say where it came from and what was the matter.
 *
 * @param partition where the record stands
 * @param offset its offset
 * @param headers the further headers, by name
 */
public record DeadLetter(Partition partition, long offset, Map<String, String> headers) {
    /** Copies the map. */
    public DeadLetter {
        headers = Map.copyOf(headers);
    }
}
