package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.event.EventRules;
import java.util.Map;
import java.util.Optional;

/**
 * What is changed of a letter before it is sent again.
 *
 * @param stream the stream that it is for; empty to leave it
 * @param key its key; empty to leave it
 * @param type its event type; empty to leave it
 * @param payload its content, not to be written to; empty to leave it
 * @param contentType the content's media type; empty to leave it
 * @param headers further headers that are set, by name
 */
public record LetterChange(
        Optional<String> stream,
        Optional<String> key,
        Optional<String> type,
        Optional<byte[]> payload,
        Optional<String> contentType,
        Map<String, String> headers) {
    /** Returns whether it changes nothing. */
    public boolean isEmpty() {
        return stream.isEmpty()
                && key.isEmpty()
                && type.isEmpty()
                && payload.isEmpty()
                && contentType.isEmpty()
                && headers.isEmpty();
    }

    /**
     * Copies the map.
     *
     * @throws ConfigurationException if a header has a name that is written with every event
     */
    public LetterChange {
        headers = Map.copyOf(headers);
        // those of a letter itself, such as the topic that it is for, are not sent with it
        headers.keySet().stream()
                .filter(name -> EventRules.isTaken(name) && !name.startsWith(LetterEvents.LETTER_PREFIX))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new ConfigurationException(
                            "The header '" + name + "' of a letter cannot be set: it is written with every"
                                    + " event. Its stream, key, type and content type have settings of their own");
                });
    }
}
