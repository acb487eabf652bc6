package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonWriter;

/**
 * Arrays: the server's {@code {a,"b c",NULL}} becomes nested JSON arrays.
 *
 * <p>What JSON could not give back exactly stays the server's text, as a string: an array whose lower bounds are not 1,
 * and one of {@code json} that holds a null of either kind or has more than one dimension (an element may be a JSON array
 * itself, so that nesting would not tell elements from dimensions).
 */
final class ArrayEncoder implements ValueEncoder {
    private static final int NULL_BYTES = "NULL".length();

    private final ValueEncoder element;
    private final byte delimiter;

    ArrayEncoder(ValueEncoder element, byte delimiter) {
        this.element = element;
        this.delimiter = delimiter;
    }

    @Override
    public boolean omitsNull() {
        return false;
    }

    @Override
    public void encode(byte[] text, int from, int count, JsonWriter out) {
        int end = from + count;
        // lower bounds that are not 1 stand before the braces: [0:1]={a,b}
        if (text[from] != '{' || (element.omitsNull() && !plainJson(text, from, end))) {
            out.string(text, from, count);
            return;
        }
        int at = from;
        while (at < end) {
            byte c = text[at];
            if (c == '{') {
                out.beginArray();
                at++;
            } else if (c == '}') {
                out.endArray();
                at++;
            } else if (c == delimiter) {
                at++;
            } else if (c == '"') {
                int close = quoteEnd(text, at + 1, end);
                quoted(text, at + 1, close, out);
                at = close + 1;
            } else {
                int next = bareEnd(text, at, end);
                if (isNull(text, at, next)) {
                    out.nullValue();
                } else {
                    element.encode(text, at, next - at, out);
                }
                at = next;
            }
        }
    }

    private void quoted(byte[] text, int from, int close, JsonWriter out) {
        int escape = from;
        while (escape < close && text[escape] != '\\') {
            escape++;
        }
        if (escape == close) {
            element.encode(text, from, close - from, out);
        } else {
            byte[] plain = new byte[close - from];
            int length = unescape(text, from, close, plain);
            element.encode(plain, 0, length, out);
        }
    }

    private static int unescape(byte[] text, int from, int close, byte[] plain) {
        int length = 0;
        for (int i = from; i < close; i++) {
            if (text[i] == '\\') {
                i++;
            }
            plain[length++] = text[i];
        }
        return length;
    }

    private static int quoteEnd(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        if (at >= end) {
            throw new IllegalArgumentException("An array's text ends inside a quoted element");
        }
        return at;
    }

    private int bareEnd(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] != delimiter && text[at] != '}') {
            at++;
        }
        return at;
    }

    /** An element that is the word NULL comes quoted, so that the bare word is always SQL NULL. */
    private static boolean isNull(byte[] text, int from, int end) {
        return end - from == NULL_BYTES
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L';
    }

    /** Returns whether an array of JSON has one dimension and no null of either kind. */
    private boolean plainJson(byte[] text, int from, int end) {
        int at = from + 1;
        while (at < end) {
            byte c = text[at];
            if (c == '{') {
                return false;
            } else if (c == '}' || c == delimiter) {
                at++;
            } else if (c == '"') {
                int close = quoteEnd(text, at + 1, end);
                if (isJsonNull(text, at + 1, close)) {
                    return false;
                }
                at = close + 1;
            } else {
                int next = bareEnd(text, at, end);
                if (isNull(text, at, next)) {
                    return false;
                }
                at = next;
            }
        }
        return true;
    }

    private static boolean isJsonNull(byte[] text, int from, int close) {
        int start = from;
        int end = close;
        while (start < end && isSpace(text[start])) {
            start++;
        }
        while (end > start && isSpace(text[end - 1])) {
            end--;
        }
        return end - start == NULL_BYTES && text[start] == 'n';
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
