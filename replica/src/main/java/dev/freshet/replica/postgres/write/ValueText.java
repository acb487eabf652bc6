package dev.freshet.replica.postgres.write;

import dev.freshet.model.json.JsonException;
import dev.freshet.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Turns JSON values back into the text that the source's server would print (up to ISO 8601's {@code T} and {@code Z},
 * which PostgreSQL reads just as well).
 */
final class ValueText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BC = " BC".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private final ByteSink out;
    private final ByteSink element = new ByteSink(256);

    ValueText(ByteSink out) {
        this.out = out;
    }

    /** Writes the next value, which is not null. */
    void write(ValueKind kind, JsonReader in, byte[] json) {
        if (!kind.array()) {
            scalar(kind.form(), in, json, out);
        } else if (in.peek() == JsonReader.Kind.ARRAY) {
            array(kind, in, json);
        } else {
            // an array that JSON cannot hold exactly (other lower bounds, say) travels as its text
            out.put(in.nextString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void array(ValueKind kind, JsonReader in, byte[] json) {
        in.beginArray();
        out.put('{');
        boolean first = true;
        while (in.hasNext()) {
            if (!first) {
                out.put(kind.delimiter());
            }
            first = false;
            // a JSON element may itself be an array: arrays of JSON with several dimensions travel as text
            if (in.peek() == JsonReader.Kind.ARRAY && kind.form() != ValueKind.Form.JSON) {
                array(kind, in, json);
            } else if (in.peek() == JsonReader.Kind.NULL && kind.form() != ValueKind.Form.JSON) {
                in.nextNull();
                out.put(NULL);
            } else {
                element.clear();
                scalar(kind.form(), in, json, element);
                quoted();
            }
        }
        out.put('}');
    }

    private void quoted() {
        out.put('"');
        byte[] bytes = element.array();
        for (int i = 0; i < element.length(); i++) {
            byte b = bytes[i];
            if (b == '"' || b == '\\') {
                out.put('\\');
            }
            out.put(b);
        }
        out.put('"');
    }

    private static void scalar(ValueKind.Form form, JsonReader in, byte[] json, ByteSink to) {
        if (form == ValueKind.Form.JSON) {
            in.nextRawSlice();
            to.put(json, in.sliceFrom(), in.sliceTo() - in.sliceFrom());
            return;
        }
        switch (in.peek()) {
            case BOOLEAN -> to.put(in.nextBoolean() ? TRUE : FALSE);
            case NUMBER -> to.put(in.nextNumber().getBytes(StandardCharsets.US_ASCII));
            case STRING -> string(form, in, json, to);
            case NULL, ARRAY, OBJECT ->
                throw new JsonException("The record has " + in.peek() + " where its schema has a single value");
        }
    }

    private static void string(ValueKind.Form form, JsonReader in, byte[] json, ByteSink to) {
        if (!in.nextSlice()) {
            byte[] text = in.nextString().getBytes(StandardCharsets.UTF_8);
            if (form != ValueKind.Form.PLAIN) {
                throw new JsonException("The record has a text with escapes where its schema has bytes or a time");
            }
            to.put(text);
            return;
        }
        int from = in.sliceFrom();
        int count = in.sliceTo() - from;
        switch (form) {
            case PLAIN, JSON -> to.put(json, from, count);
            case BYTES -> bytes(json, from, count, to);
            case TEMPORAL -> temporal(json, from, count, to);
        }
    }

    private static void bytes(byte[] json, int from, int count, ByteSink to) {
        byte[] base64 = new byte[count];
        System.arraycopy(json, from, base64, 0, count);
        byte[] raw;
        try {
            raw = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new JsonException("The record has a text that is not base64 where its schema has bytea");
        }
        to.put('\\');
        to.put('x');
        for (byte b : raw) {
            to.put(HEX[b >> 4 & 0xf]);
            to.put(HEX[b & 0xf]);
        }
    }

    /** PostgreSQL reads ISO 8601 but for the signs of years: -0043 is 0044 BC, +12345 is 12345. */
    private static void temporal(byte[] json, int from, int count, ByteSink to) {
        byte sign = count == 0 ? 0 : json[from];
        if (sign == '+') {
            to.put(json, from + 1, count - 1);
        } else if (sign == '-' && count > 1 && json[from + 1] != 'i') {
            int dash = from + 1;
            int year = 0;
            while (dash < from + count && json[dash] != '-') {
                year = year * 10 + json[dash] - '0';
                dash++;
            }
            String digits = String.format(java.util.Locale.ROOT, "%04d", year + 1);
            to.put(digits.getBytes(StandardCharsets.US_ASCII));
            to.put(json, dash, from + count - dash);
            to.put(BC);
        } else {
            to.put(json, from, count);
        }
    }
}
