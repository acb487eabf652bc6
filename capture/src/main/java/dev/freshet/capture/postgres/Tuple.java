package dev.freshet.capture.postgres;

import java.util.Arrays;

/** Where the fields of one tuple of pgoutput stand in its message; used again for each tuple. Belongs to one thread. */
final class Tuple {
    /** In place of a length: SQL NULL. */
    static final int NULL = -1;

    /** In place of a length: a large value that the change did not touch, and which the log does not hold. */
    static final int UNCHANGED = -2;

    private static final int KIND_UNKNOWN = 'b';

    int[] from = new int[16];
    int[] count = new int[16];
    int fields;

    /**
     * Reads a tuple.
     *
     * @return the index behind it
     */
    int read(byte[] in, int begin) {
        int n = Bytes.int2(in, begin);
        if (n > from.length) {
            from = new int[n];
            count = new int[n];
        }
        fields = n;
        int at = begin + 2;
        for (int i = 0; i < n; i++) {
            byte kind = in[at++];
            if (kind == 't') {
                int length = Bytes.int4(in, at);
                from[i] = at + 4;
                count[i] = length;
                at += 4 + length;
            } else if (kind == 'n') {
                count[i] = NULL;
            } else if (kind == 'u') {
                count[i] = UNCHANGED;
            } else {
                throw new IllegalStateException("The log has a field of the unknown kind '" + (char) kind + "'"
                        + (kind == KIND_UNKNOWN ? " (binary), which was not asked for" : ""));
            }
        }
        return at;
    }

    /** Returns whether the tuple has that many fields; else the description that stands for it is another one's. */
    void requireFields(int expected) {
        if (fields != expected) {
            throw new IllegalStateException(
                    "A row of the log has " + fields + " fields, but its table's description has " + expected);
        }
    }

    @Override
    public String toString() {
        return "Tuple" + Arrays.toString(Arrays.copyOf(count, fields));
    }
}
