package dev.freshet.letters;

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
    /** Copies the map. */
    public LetterChange {
        headers = Map.copyOf(headers);
    }
}
