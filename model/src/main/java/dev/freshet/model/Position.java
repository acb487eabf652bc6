package dev.freshet.model;

import java.nio.charset.StandardCharsets;

/**
 * Where in its source a change was committed.
 *
 * <p>Positions are compared as a whole and are strictly increasing per source and partition. A row of a transaction has
 * the commit record's LSN and its ordinal inside the transaction; a boundary (see {@link Boundary}) has the LSN at which
 * a commit record ends and ordinal 0, so that it is above every change of that transaction and below every change of a
 * later one.
 *
 * <p>The text form sorts like the position: {@code epoch.lsn.ordinal.sub}, each part in lower-case hexadecimal of fixed
 * width (4, 16, 10 and 8 digits, {@value #TEXT_LENGTH} characters in all).
 *
 * @param epoch which history of the source; begins with 1, goes up when the source is restored or another system; 0 to
 *     65,535
 * @param lsn the log sequence number in bytes, or the sequence of a polled source; not negative
 * @param ordinal the number of the change inside its transaction, beginning with 1, or 0 for a boundary; below 2^40
 * @param sub numbers the records derived from one change or from one chunk of a snapshot; below 2^32
 */
public record Position(int epoch, long lsn, long ordinal, long sub) implements Comparable<Position> {
    /** The length of the text form in characters (and, being ASCII, in bytes). */
    public static final int TEXT_LENGTH = 41;

    /** Below every position that a source can have. */
    public static final Position ZERO = new Position(0, 0, 0, 0);

    /** The last epoch that a source can have. */
    public static final int MAX_EPOCH = 0xffff;

    private static final long MAX_ORDINAL = (1L << 40) - 1;
    private static final long MAX_SUB = (1L << 32) - 1;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Rejects what is out of range. */
    public Position {
        requireRange("epoch", epoch, MAX_EPOCH);
        requireRange("lsn", lsn, Long.MAX_VALUE);
        requireRange("ordinal", ordinal, MAX_ORDINAL);
        requireRange("sub", sub, MAX_SUB);
    }

    private static void requireRange(String name, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(
                    "Position " + name + " must be between 0 and " + max + ", but is " + value);
        }
    }

    /**
     * Returns the position of a boundary: above every change whose commit record ends at or below the LSN.
     *
     * @param epoch the source's epoch
     * @param lsn the end of a commit record, or any LSN up to which the log was read outside a transaction
     */
    public static Position boundary(int epoch, long lsn) {
        return new Position(epoch, lsn, 0, 0);
    }

    /**
     * Returns this position with another sub-ordinal.
     *
     * @param newSub the sub-ordinal, 0 to 2^32 - 1
     */
    public Position withSub(long newSub) {
        return new Position(epoch, lsn, ordinal, newSub);
    }

    /** Returns whether this position comes after the other one. */
    public boolean isAfter(Position other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Position other) {
        if (epoch != other.epoch) {
            return Integer.compare(epoch, other.epoch);
        }
        if (lsn != other.lsn) {
            return Long.compare(lsn, other.lsn);
        }
        if (ordinal != other.ordinal) {
            return Long.compare(ordinal, other.ordinal);
        }
        return Long.compare(sub, other.sub);
    }

    /** Returns the text form in ASCII; a new array on each call. */
    public byte[] toBytes() {
        byte[] out = new byte[TEXT_LENGTH];
        hex(out, 0, 4, epoch);
        out[4] = '.';
        hex(out, 5, 16, lsn);
        out[21] = '.';
        hex(out, 22, 10, ordinal);
        out[32] = '.';
        hex(out, 33, 8, sub);
        return out;
    }

    private static void hex(byte[] out, int from, int digits, long value) {
        long rest = value;
        for (int i = from + digits - 1; i >= from; i--) {
            out[i] = DIGITS[(int) (rest & 0xf)];
            rest >>>= 4;
        }
    }

    /**
     * Reads the text form.
     *
     * @param text the text, as {@link #toString()} gives it
     * @throws IllegalArgumentException if the text is not a position; the message holds the text
     */
    public static Position parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the text form from bytes.
     *
     * @param text the bytes, as {@link #toBytes()} gives them
     * @throws IllegalArgumentException if the bytes are not a position; the message holds them as text
     */
    public static Position parse(byte[] text) {
        if (text.length != TEXT_LENGTH || text[4] != '.' || text[21] != '.' || text[32] != '.') {
            throw malformed(text);
        }
        return new Position((int) unhex(text, 0, 4), unhex(text, 5, 16), unhex(text, 22, 10), unhex(text, 33, 8));
    }

    private static long unhex(byte[] text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            byte c = text[i];
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                throw malformed(text);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static IllegalArgumentException malformed(byte[] text) {
        return new IllegalArgumentException("Not a position (expected epoch.lsn.ordinal.sub in hexadecimal, "
                + TEXT_LENGTH + " characters): '" + new String(text, StandardCharsets.UTF_8) + "'");
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.US_ASCII);
    }
}
