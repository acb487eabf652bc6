package dev.freshet.model.json;

/**
 * Finds where a number or string ends in UTF-8 bytes. All is static and works on what it is given, so that it costs no call
 * and no object on the hot path.
 */
final class JsonScan {
    /** Nothing fitting stands there. */
    static final int NONE = -1;

    private JsonScan() {}

    /** Returns where white space ends. */
    static int space(byte[] in, int from, int end) {
        int at = from;
        while (at < end && isSpace(in[at])) {
            at++;
        }
        return at;
    }

    static boolean isSpace(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Returns where the number ends, exclusive; {@link #NONE} if it is none. */
    static int number(byte[] in, int from, int end) {
        int whole = from < end && in[from] == '-' ? from + 1 : from;
        int at = digits(in, whole, end);
        if (at == whole || (in[whole] == '0' && at > whole + 1)) {
            return NONE;
        }
        if (at < end && in[at] == '.') {
            int fraction = at + 1;
            at = digits(in, fraction, end);
            if (at == fraction) {
                return NONE;
            }
        }
        return at < end && (in[at] | 0x20) == 'e' ? exponent(in, at + 1, end) : at;
    }

    private static int exponent(byte[] in, int from, int end) {
        int digits = from < end && (in[from] == '+' || in[from] == '-') ? from + 1 : from;
        int at = digits(in, digits, end);
        return at == digits ? NONE : at;
    }

    private static int digits(byte[] in, int from, int end) {
        int at = from;
        while (at < end && in[at] >= '0' && in[at] <= '9') {
            at++;
        }
        return at;
    }

    /**
     * Looks for the end of a string that is its own text.
     *
     * @param from behind the opening quote
     * @return where the closing quote stands; {@link #NONE} if an escape, a control character or the end comes before it
     */
    static int plainString(byte[] in, int from, int end) {
        for (int at = from; at < end; at++) {
            byte c = in[at];
            if (c == '"') {
                return at;
            }
            if (c == '\\' || (c >= 0 && c < 0x20)) {
                return NONE;
            }
        }
        return NONE;
    }

    /**
     * Looks for the end of any string, without reading its escapes.
     *
     * @param from behind the opening quote
     * @return where the closing quote stands; {@link #NONE} if there is none
     */
    static int string(byte[] in, int from, int end) {
        for (int at = from; at < end; at++) {
            byte c = in[at];
            if (c == '"') {
                return at;
            }
            if (c == '\\') {
                at++;
            }
        }
        return NONE;
    }

    /** Returns what to throw when the text is not what was expected at a byte. */
    static JsonException wrong(byte[] in, int at, int end, String expected) {
        String found = at < end ? "byte 0x" + Integer.toHexString(in[at] & 0xff) : "the end";
        return new JsonException("Not the expected JSON: expected " + expected + ", but found " + found + " at byte "
                + at + " of " + end);
    }
}
