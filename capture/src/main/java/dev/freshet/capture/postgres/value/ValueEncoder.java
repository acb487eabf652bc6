package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonWriter;

/**
 * Writes one column's value as JSON, from the text that the server prints under {@link SessionSettings}.
 *
 * <p>The text is that of the logical log's text format, or of COPY's text format after its escapes were resolved.
 * Encoders hold no state and may be used by any number of threads; the writer belongs to one.
 */
public interface ValueEncoder {
    /**
     * Writes a value that is not null.
     *
     * @param text the array in which the server's text stands, UTF-8
     * @param from its first byte
     * @param count its length in bytes
     * @param out where one JSON value is written
     * @throws IllegalArgumentException if the text is not one that the type prints under these settings; the message
     *     never holds the text
     */
    void encode(byte[] text, int from, int count, JsonWriter out);

    /**
     * Returns whether SQL NULL is shown by the absence of the member instead of by JSON's {@code null}: so for {@code
     * json} and {@code jsonb}, which have a null of their own.
     */
    boolean omitsNull();
}
