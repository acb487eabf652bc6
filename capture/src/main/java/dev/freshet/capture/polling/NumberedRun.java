package dev.freshet.capture.polling;

/**
 * Rows with consecutive {@code seq} and consecutive numbers.
 *
 * @param number the number of the first
 * @param rows the rows
 * @param numberedAt when the look began that found them, by the database's clock, in microseconds since 1970
 */
public record NumberedRun(long number, Run rows, long numberedAt) {
    /** Returns the number behind the last row's. */
    public long end() {
        return number + rows.size();
    }

    /** Returns a row's number. */
    public long numberOf(long seq) {
        return number + seq - rows.first();
    }

    /** Returns the row that has a number. */
    public long seqOf(long of) {
        return rows.first() + of - number;
    }

    /** Returns what is left from a seq on. */
    public NumberedRun from(long seq) {
        return new NumberedRun(numberOf(seq), Run.of(seq, rows.last()), numberedAt);
    }
}
