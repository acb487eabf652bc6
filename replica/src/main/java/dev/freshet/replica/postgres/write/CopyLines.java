package dev.freshet.replica.postgres.write;

/** Rows in the text format of COPY (PostgreSQL manual, COPY, "Text Format"). */
public final class CopyLines {
    private static final byte[] NULL = {'\\', 'N'};

    private CopyLines() {}

    /**
     * Adds a row's columns.
     *
     * @param slots for each column the slot, or -1 for null
     */
    public static void put(ByteSink out, RowText row, int[] slots) {
        for (int i = 0; i < slots.length; i++) {
            if (i > 0) {
                out.put('\t');
            }
            int slot = slots[i];
            int length = slot < 0 ? -1 : row.length(slot);
            if (length < 0) {
                out.put(NULL);
            } else {
                escaped(out, row.array(slot), row.from(slot), length);
            }
        }
    }

    private static void escaped(ByteSink out, byte[] text, int from, int length) {
        int end = from + length;
        int plain = from;
        for (int i = from; i < end; i++) {
            byte c = text[i];
            if ((c > '\r' && c != '\\') || c < 0) {
                continue;
            }
            int letter =
                    switch (c) {
                        case '\\' -> '\\';
                        case '\t' -> 't';
                        case '\n' -> 'n';
                        case '\r' -> 'r';
                        default -> 0;
                    };
            if (letter != 0) {
                out.put(text, plain, i - plain);
                out.put('\\');
                out.put(letter);
                plain = i + 1;
            }
        }
        out.put(text, plain, end - plain);
    }
}
