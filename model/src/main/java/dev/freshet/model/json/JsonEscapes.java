package dev.freshet.model.json;

import java.nio.charset.StandardCharsets;

/** Reads strings that have escapes. */
final class JsonEscapes {
    private final byte[] in;
    private final int end;
    private int at;

    private JsonEscapes(byte[] in, int from, int end) {
        this.in = in;
        this.at = from;
        this.end = end;
    }

    /**
     * Returns the text of a string.
     *
     * @param from behind the opening quote
     * @param end where the closing quote stands
     * @throws JsonException if an escape is none, or a control character stands in the string
     */
    static String decode(byte[] in, int from, int end) {
        return new JsonEscapes(in, from, end).decode();
    }

    private String decode() {
        StringBuilder text = new StringBuilder(end - at);
        while (at < end) {
            int plain = at;
            while (at < end && in[at] != '\\') {
                if (in[at] >= 0 && in[at] < 0x20) {
                    throw wrong("no control character inside a string");
                }
                at++;
            }
            text.append(new String(in, plain, at - plain, StandardCharsets.UTF_8));
            if (at < end) {
                at++;
                text.append(escaped());
            }
        }
        return text.toString();
    }

    private char escaped() {
        byte c = in[at++];
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> throw wrong("an escape");
        };
    }

    private char codeUnit() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < end ? Character.digit(in[at], 16) : -1;
            if (digit < 0) {
                throw wrong("four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private JsonException wrong(String expected) {
        return JsonScan.wrong(in, at, end, expected);
    }
}
