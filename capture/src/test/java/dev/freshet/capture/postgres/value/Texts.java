package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/** What an encoder makes of a text. */
final class Texts {
    private Texts() {}

    /** Encodes a text that stands in the midst of a larger array, as it does in the product. */
    static String json(ValueEncoder encoder, String text) {
        byte[] utf8 = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        JsonWriter out = new JsonWriter();
        encoder.encode(utf8, 1, utf8.length - 2, out);
        return out.toString();
    }
}
