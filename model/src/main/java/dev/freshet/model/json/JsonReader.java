package dev.freshet.model.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text from UTF-8 bytes by pulling: names and values in the order in which they stand.
 *
 * <p>Numbers are given with their digits, whole values also as they are ({@link #nextRaw()}). Nesting is limited to
 * {@value #MAX_DEPTH} in {@link #nextTree()}, and not where a value is passed over. Belongs to one thread; {@link #reset} begins with another text.
 */
public final class JsonReader {
    /** How deep arrays and objects may be nested where they are read into a tree. */
    public static final int MAX_DEPTH = 512;

    /** What kind of value comes next. */
    public enum Kind {
        /** An object. */
        OBJECT,
        /** An array. */
        ARRAY,
        /** A string. */
        STRING,
        /** A number. */
        NUMBER,
        /** True or false. */
        BOOLEAN,
        /** Null. */
        NULL
    }

    private byte[] in;
    private int at;
    private int end;
    private int sliceFrom;
    private int sliceTo;

    /** Creates a reader of the whole array. */
    public JsonReader(byte[] json) {
        in = json;
        end = json.length;
    }

    /** Begins again with another text. */
    public JsonReader reset(byte[] json) {
        in = json;
        at = 0;
        end = json.length;
        return this;
    }

    /** Reads the begin of an object; then {@link #hasNext}, {@link #nextName} and a value in turn. */
    public void beginObject() {
        expect('{');
    }

    /** Reads the begin of an array; then {@link #hasNext} and a value in turn. */
    public void beginArray() {
        expect('[');
    }

    /** Returns whether the object or array has another member, and reads the comma before it or the end after it. */
    public boolean hasNext() {
        int c = peekByte();
        if (c == '}' || c == ']') {
            at++;
            return false;
        }
        boolean first = isFirst();
        if (first == (c == ',')) {
            throw wrong(first ? "a value" : "',' or the end of the object or array");
        }
        if (!first) {
            at++;
        }
        return true;
    }

    private boolean isFirst() {
        int before = at - 1;
        while (before >= 0 && JsonScan.isSpace(in[before])) {
            before--;
        }
        return before >= 0 && (in[before] == '{' || in[before] == '[');
    }

    /** Reads a member's name and the colon. */
    public String nextName() {
        String name = nextString();
        expect(':');
        return name;
    }

    /**
     * Reads a member's name if it is the expected one; else stays where it is. It spares the decoding of names where the
     * order of the members is nearly always the same.
     *
     * @param encoded the name as {@link JsonWriter#encodeName} gives it
     */
    public boolean nextNameIs(byte[] encoded) {
        skipSpace();
        int n = encoded.length;
        if (end - at < n || !Arrays.equals(in, at, at + n, encoded, 0, n)) {
            return false;
        }
        at += n;
        return true;
    }

    /** Returns the kind of the next value without reading it. */
    public Kind peek() {
        int c = peekByte();
        return switch (c) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.STRING;
            case 't', 'f' -> Kind.BOOLEAN;
            case 'n' -> Kind.NULL;
            default -> {
                if (c == '-' || (c >= '0' && c <= '9')) {
                    yield Kind.NUMBER;
                }
                throw wrong("a value");
            }
        };
    }

    /** Reads a string. */
    public String nextString() {
        expect('"');
        int from = at;
        int plain = JsonScan.plainString(in, from, end);
        if (plain >= 0) {
            at = plain + 1;
            return new String(in, from, plain - from, StandardCharsets.UTF_8);
        }
        int close = stringEnd();
        String text = JsonEscapes.decode(in, from, close);
        at = close + 1;
        return text;
    }

    /**
     * Reads a string or number whose bytes in the text are its value, and tells them by {@link #sliceFrom()} and {@link
     * #sliceTo()}; else stays where it is. It spares the making of an object for each value.
     *
     * @return false for a string with escapes, and for every other kind of value
     */
    public boolean nextSlice() {
        int c = peekByte();
        if (c == '"') {
            return plainString();
        }
        if (c != '-' && (c < '0' || c > '9')) {
            return false;
        }
        sliceFrom = at;
        skipNumber();
        sliceTo = at;
        return true;
    }

    private boolean plainString() {
        int close = JsonScan.plainString(in, at + 1, end);
        if (close < 0) {
            return false;
        }
        sliceFrom = at + 1;
        sliceTo = close;
        at = close + 1;
        return true;
    }

    /**
     * Reads any value with the white space before and after it, up to the comma or end that follows, and tells its bytes
     * by {@link #sliceFrom()} and {@link #sliceTo()}. After {@link #nextName} or {@link #nextNameIs} that is all that stands
     * between the colon and the next member.
     */
    public void nextRawSlice() {
        int from = at;
        skipValue();
        skipSpace();
        sliceFrom = from;
        sliceTo = at;
    }

    /** Returns where the last slice begins in the array that was given to the reader. */
    public int sliceFrom() {
        return sliceFrom;
    }

    /** Returns where the last slice ends, exclusive. */
    public int sliceTo() {
        return sliceTo;
    }

    /** Reads a number and returns it as it stands. */
    public String nextNumber() {
        if (peek() != Kind.NUMBER) {
            throw wrong("a number");
        }
        int from = at;
        skipNumber();
        return new String(in, from, at - from, StandardCharsets.US_ASCII);
    }

    private void skipNumber() {
        int to = JsonScan.number(in, at, end);
        if (to < 0) {
            throw wrong("a number");
        }
        at = to;
    }

    /** Reads true or false. */
    public boolean nextBoolean() {
        boolean value = peekByte() == 't';
        literal(value ? "true" : "false");
        return value;
    }

    /** Reads null. */
    public void nextNull() {
        skipSpace();
        literal("null");
    }

    /** Reads any value and returns its text as it stands. */
    public String nextRaw() {
        skipSpace();
        int from = at;
        skipValue();
        return new String(in, from, at - from, StandardCharsets.UTF_8);
    }

    /** Reads any value and forgets it. Its depth is not limited, since it takes no stack. */
    public void skipValue() {
        if (skipScalarOrBegin()) {
            return;
        }
        // the containers that are open, true for an object
        BitSet open = new BitSet();
        int depth = 0;
        open.set(0, in[at - 1] == '{');
        boolean first = true;
        while (depth >= 0) {
            boolean object = open.get(depth);
            int c = peekByte();
            if (c == (object ? '}' : ']')) {
                at++;
                depth--;
                first = false;
                continue;
            }
            if (!first) {
                expect(',');
            }
            if (object) {
                skipString();
                expect(':');
            }
            first = !skipScalarOrBegin();
            if (first) {
                depth++;
                open.set(depth, in[at - 1] == '{');
            }
        }
    }

    /** Reads a whole scalar, or the begin of an object or array, and returns whether it was a scalar. */
    private boolean skipScalarOrBegin() {
        switch (peek()) {
            case OBJECT, ARRAY -> {
                at++;
                return false;
            }
            case STRING -> skipString();
            case NUMBER -> skipNumber();
            case BOOLEAN -> nextBoolean();
            case NULL -> nextNull();
        }
        return true;
    }

    private void skipString() {
        expect('"');
        at = stringEnd() + 1;
    }

    /** Returns where the string ends whose opening quote was read. */
    private int stringEnd() {
        int close = JsonScan.string(in, at, end);
        if (close < 0) {
            at = end;
            throw wrong("the end of the string");
        }
        return close;
    }

    /** Checks that nothing but white space is left. */
    public void end() {
        skipSpace();
        if (at < end) {
            throw wrong("the end");
        }
    }

    /**
     * Reads the next value as maps (in order), lists, strings, {@code Long}, {@code Double}, {@code Boolean} and null;
     * for what is not on the hot path.
     */
    public @Nullable Object nextTree() {
        return JsonTree.next(this, 0);
    }

    private void literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= end || in[at + i] != text.charAt(i)) {
                throw wrong(text);
            }
        }
        at += text.length();
    }

    private void expect(char c) {
        if (peekByte() != c) {
            throw wrong("'" + c + "'");
        }
        at++;
    }

    private int peekByte() {
        skipSpace();
        if (at >= end) {
            throw wrong("more");
        }
        return in[at];
    }

    private void skipSpace() {
        at = JsonScan.space(in, at, end);
    }

    JsonException wrong(String expected) {
        return JsonScan.wrong(in, at, end, expected);
    }
}
