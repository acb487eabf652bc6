package dev.freshet.model.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one JSON text into a growing array of UTF-8 bytes, and is used again for the next.
 *
 * <p>Commas are set by themselves; that names and values alternate is the caller's business. Belongs to one thread.
 */
public final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private byte[] out;
    private int length;

    /** Creates an empty writer. */
    public JsonWriter() {
        out = new byte[256];
    }

    /** Forgets what was written and keeps the array. */
    public JsonWriter reset() {
        length = 0;
        return this;
    }

    /** Returns what was written, in a new array. */
    public byte[] toBytes() {
        return Arrays.copyOf(out, length);
    }

    /** Returns what was written, as text. */
    @Override
    public String toString() {
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }

    /** Begins an object. */
    public JsonWriter beginObject() {
        separate();
        put((byte) '{');
        return this;
    }

    /** Ends an object. */
    public JsonWriter endObject() {
        put((byte) '}');
        return this;
    }

    /** Begins an array. */
    public JsonWriter beginArray() {
        separate();
        put((byte) '[');
        return this;
    }

    /** Ends an array. */
    public JsonWriter endArray() {
        put((byte) ']');
        return this;
    }

    /** Writes a member's name. */
    public JsonWriter name(String name) {
        string(name);
        put((byte) ':');
        return this;
    }

    /**
     * Writes a member's name that was encoded before.
     *
     * @param encoded what {@link #encodeName} gave
     */
    public JsonWriter name(byte[] encoded) {
        separate();
        put(encoded, 0, encoded.length);
        return this;
    }

    /** Returns a name with quotes, escapes and colon, for {@link #name(byte[])}. */
    public static byte[] encodeName(String name) {
        return new JsonWriter().name(name).toBytes();
    }

    /** Writes a string. */
    public JsonWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return string(utf8, 0, utf8.length);
    }

    /**
     * Writes a string from UTF-8 bytes.
     *
     * @param utf8 the bytes, unescaped
     * @param from the first byte
     * @param count how many bytes
     */
    public JsonWriter string(byte[] utf8, int from, int count) {
        separate();
        ensure(count + 2);
        out[length++] = '"';
        int end = from + count;
        int plain = from;
        for (int i = from; i < end; i++) {
            byte c = utf8[i];
            if ((c >= 0x20 && c != '"' && c != '\\') || c < 0) {
                continue;
            }
            put(utf8, plain, i - plain);
            escape(c);
            plain = i + 1;
        }
        put(utf8, plain, end - plain);
        put((byte) '"');
        return this;
    }

    /** Begins a string that is written in parts; then {@link #part} as often as needed, and {@link #endString}. */
    public JsonWriter beginString() {
        separate();
        put((byte) '"');
        return this;
    }

    /**
     * Adds to the string that was begun.
     *
     * @param utf8 bytes that need no escape: no quote, backslash or control character
     * @param from the first byte
     * @param count how many bytes
     */
    public JsonWriter part(byte[] utf8, int from, int count) {
        put(utf8, from, count);
        return this;
    }

    /** Adds one such byte to the string that was begun. */
    public JsonWriter part(byte ascii) {
        put(ascii);
        return this;
    }

    /** Ends the string that was begun. */
    public JsonWriter endString() {
        put((byte) '"');
        return this;
    }

    private void escape(byte c) {
        ensure(6);
        out[length++] = '\\';
        switch (c) {
            case '"', '\\' -> out[length++] = c;
            case '\n' -> out[length++] = 'n';
            case '\r' -> out[length++] = 'r';
            case '\t' -> out[length++] = 't';
            default -> {
                out[length++] = 'u';
                out[length++] = '0';
                out[length++] = '0';
                out[length++] = HEX[c >> 4];
                out[length++] = HEX[c & 0xf];
            }
        }
    }

    /** Writes an integer. */
    public JsonWriter number(long value) {
        byte[] digits = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
        return raw(digits, 0, digits.length);
    }

    /**
     * Writes bytes as they are; they must be one JSON value.
     *
     * @param json the bytes
     * @param from the first byte
     * @param count how many bytes
     */
    public JsonWriter raw(byte[] json, int from, int count) {
        separate();
        put(json, from, count);
        return this;
    }

    /** Writes true or false. */
    public JsonWriter bool(boolean value) {
        byte[] text = value ? TRUE : FALSE;
        return raw(text, 0, text.length);
    }

    /** Writes null. */
    public JsonWriter nullValue() {
        return raw(NULL, 0, NULL.length);
    }

    private void separate() {
        if (length > 0) {
            byte last = out[length - 1];
            if (last != '{' && last != '[' && last != ':') {
                put((byte) ',');
            }
        }
    }

    private void put(byte b) {
        ensure(1);
        out[length++] = b;
    }

    private void put(byte[] bytes, int from, int count) {
        ensure(count);
        System.arraycopy(bytes, from, out, length, count);
        length += count;
    }

    private void ensure(int more) {
        if (out.length - length < more) {
            out = Arrays.copyOf(out, Math.max(Math.addExact(length, more), (int) Math.min(out.length * 2L, 1 << 30)));
        }
    }
}
