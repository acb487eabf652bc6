package dev.freshet.capture.postgres.value;

import dev.freshet.model.json.JsonWriter;
import java.util.Base64;

/** The encoders of single values, but for dates and times. */
final class Scalars {
    /** Integers: their digits. */
    static final ValueEncoder INTEGER = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            out.raw(text, from, count);
        }
    };

    /** {@code numeric} and floats: their digits; what is no number as a string. */
    static final ValueEncoder NUMBER = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            if (isDigit(text[from + count - 1])) {
                out.raw(text, from, count);
            } else {
                out.string(text, from, count);
            }
        }
    };

    /** {@code numeric} in a key: without the zeros at the fraction's end, since {@code 1.0} and {@code 1.00} are one key. */
    static final ValueEncoder NUMBER_KEY = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            if (isDigit(text[from + count - 1])) {
                out.raw(text, from, normalisedCount(text, from, count));
            } else {
                out.string(text, from, count);
            }
        }
    };

    /** Everything that is shown by its text. */
    static final ValueEncoder TEXT = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            out.string(text, from, count);
        }
    };

    /** {@code bool}, which the server prints as {@code t} or {@code f}. */
    static final ValueEncoder BOOL = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            out.bool(text[from] == 't');
        }
    };

    /** {@code bytea} in the server's hexadecimal form, as Base64 (RFC 4648, padded). */
    static final ValueEncoder BYTEA = new Scalar() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            byte[] base64 = Base64.getEncoder().encode(fromHex(text, from, count));
            out.beginString().part(base64, 0, base64.length).endString();
        }
    };

    /** {@code json} and {@code jsonb}: as they are. */
    static final ValueEncoder JSON = new ValueEncoder() {
        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            out.raw(text, from, count);
        }

        @Override
        public boolean omitsNull() {
            return true;
        }
    };

    /** An encoder whose SQL NULL is JSON's null. */
    abstract static class Scalar implements ValueEncoder {
        @Override
        public boolean omitsNull() {
            return false;
        }
    }

    private Scalars() {}

    static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static int normalisedCount(byte[] text, int from, int count) {
        int end = from + count;
        boolean fraction = false;
        for (int i = from; i < end && !fraction; i++) {
            fraction = text[i] == '.';
        }
        if (!fraction) {
            return count;
        }
        while (text[end - 1] == '0') {
            end--;
        }
        if (text[end - 1] == '.') {
            end--;
        }
        return end - from;
    }

    private static byte[] fromHex(byte[] text, int from, int count) {
        if (count < 2 || (count & 1) != 0 || text[from] != '\\' || text[from + 1] != 'x') {
            throw new IllegalArgumentException(
                    "A bytea value is not in hexadecimal form: the session's bytea_output is not 'hex'");
        }
        byte[] bytes = new byte[count / 2 - 1];
        int at = from + 2;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (digit(text[at]) << 4 | digit(text[at + 1]));
            at += 2;
        }
        return bytes;
    }

    private static int digit(byte c) {
        // the server prints lower case: 0x30..0x39, 0x61..0x66
        return c <= '9' ? c - '0' : c - 'a' + 10;
    }
}
