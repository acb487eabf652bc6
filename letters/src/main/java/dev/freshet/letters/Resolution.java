package dev.freshet.letters;

import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.json.JsonWriter;
import java.util.Locale;
import java.util.Map;

/** What was done with a letter; a record of its own in the topic tells it. */
public enum Resolution {
    /** It was sent where it belongs. */
    REDRIVEN,
    /** It was given up. */
    DISCARDED,
    /** Another letter has taken its place. */
    REPLACED;

    /** The {@code ce_type} of the record that tells it. */
    public static final String TYPE = "freshet.dead-letter-resolved";

    /** Returns the word that the record has. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the headers of the record that tells it of a letter. */
    public Map<String, String> headers(LetterPlace letter) {
        return Map.of(DeadLetterHeaders.RESOLVES, letter.toString(), DeadLetterHeaders.RESOLUTION, text());
    }

    /** Returns the content of the record that tells it of a letter, in JSON. */
    public byte[] payload(LetterPlace letter) {
        return new JsonWriter()
                .beginObject()
                .name("letter")
                .string(letter.toString())
                .name("resolution")
                .string(text())
                .endObject()
                .toBytes();
    }
}
