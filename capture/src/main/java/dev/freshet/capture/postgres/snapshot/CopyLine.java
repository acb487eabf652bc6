package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.value.RowEncoder;

/**
 * Splits one line of COPY's text format, {@code (page,offset)} first, into fields, and resolves the escapes in place.
 * Belongs to one thread.
 *
 * <p>The escapes are those that the server writes (PostgreSQL manual, COPY, "Text Format"): a backslash before {@code b f
 * n r t v} and itself, and {@code \N} for null. A field's text is never longer than its escaped form, so that the line's
 * own array holds it.
 */
final class CopyLine {
    private final int[] from;
    private final int[] count;
    private long page;
    private int offset;

    /** Creates a splitter of lines with so many fields after the place. */
    CopyLine(int fields) {
        from = new int[fields];
        count = new int[fields];
    }

    /** Splits a line, which is written to; it ends with a line feed. */
    void split(byte[] line) {
        int at = place(line);
        for (int f = 0; f < from.length; f++) {
            int start = at;
            byte c = line[at];
            while (c != '\t' && c != '\n' && c != '\\') {
                c = line[++at];
            }
            from[f] = start;
            if (c != '\\') {
                count[f] = at - start;
                at++;
            } else if (at == start && line[at + 1] == 'N') {
                count[f] = RowEncoder.NULL;
                at += 3;
            } else {
                at = unescape(line, at, f);
            }
        }
        if (at != line.length) {
            throw new IllegalStateException("A line of COPY has not " + from.length + " fields");
        }
    }

    private int unescape(byte[] line, int begin, int field) {
        int at = begin;
        int to = begin;
        byte c = line[at];
        while (c != '\t' && c != '\n') {
            if (c == '\\') {
                c = escaped(line[++at]);
            }
            line[to++] = c;
            c = line[++at];
        }
        count[field] = to - from[field];
        return at + 1;
    }

    private static byte escaped(byte c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> c;
        };
    }

    private int place(byte[] line) {
        long number = 0;
        int at = 1;
        byte c = line[at];
        while (c != ',') {
            number = number * 10 + c - '0';
            c = line[++at];
        }
        page = number;
        int small = 0;
        c = line[++at];
        while (c != ')') {
            small = small * 10 + c - '0';
            c = line[++at];
        }
        offset = small;
        // behind the bracket stands a tab
        return at + 2;
    }

    /** Returns where each field begins. */
    int[] from() {
        return from;
    }

    /** Returns how long each field is, {@link RowEncoder#NULL} for null. */
    int[] count() {
        return count;
    }

    /** Returns the row's place. */
    Tid tid() {
        return new Tid(page, offset);
    }

    long page() {
        return page;
    }

    int offset() {
        return offset;
    }
}
