package dev.freshet.model;

import java.util.Locale;

/**
 * PostgreSQL's log sequence numbers: a byte position in the write-ahead log, written {@code high/low} in hexadecimal
 * (PostgreSQL manual, type {@code pg_lsn}).
 */
public final class Lsn {
    private static final long LONG_PAGE_HEADER_BYTES = 40;

    private Lsn() {}

    /**
     * Returns the server's text form, such as {@code 0/16B3748}.
     *
     * @param lsn the position in bytes
     */
    public static String format(long lsn) {
        return String.format(Locale.ROOT, "%X/%X", lsn >>> 32, lsn & 0xffffffffL);
    }

    /**
     * Reads the server's text form.
     *
     * @param text such as {@code 0/16B3748}
     * @throws IllegalArgumentException if the text is not an LSN
     */
    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash > 8 || text.length() - slash - 1 > 8) {
            throw new IllegalArgumentException("Not an LSN (expected high/low in hexadecimal): '" + text + "'");
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            return high << 32 | low;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Not an LSN (expected high/low in hexadecimal): '" + text + "'", e);
        }
    }

    /**
     * Rounds an insert position that lies just behind a page's header down to the page's begin.
     *
     * <p>When a record ends exactly at the end of a page, {@code pg_current_wal_insert_lsn()} already counts the next
     * page's header, while the log's reader still stands at the page's begin: without rounding, a wait for that position
     * would hang until somebody writes. A record's end can also lie at those offsets by itself (a record that runs over
     * the page's begin by 16 bytes); rounding is safe there too, since no reader ever stands in the midst of a record.
     *
     * @param lsn an insert position
     * @param pageBytes the server's {@code wal_block_size}, a power of two
     */
    public static long normalise(long lsn, long pageBytes) {
        long inPage = lsn & (pageBytes - 1);
        return inPage <= LONG_PAGE_HEADER_BYTES ? lsn - inPage : lsn;
    }
}
