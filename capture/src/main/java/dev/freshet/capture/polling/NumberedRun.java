package dev.freshet.capture.polling;

/**
 * Rows with consecutive {@code seq} and consecutive numbers.
 *
 * @param number the number of the first
 * @param rows the rows
 * @param numberedAt when the look began that found them, by the database's clock, in microseconds since 1970
 */
record NumberedRun(long number, Run rows, long numberedAt) {
    /** Returns the number behind the last row's. */
    long end() {
        return number + rows.size();
    }

    /** Returns a row's number. */
    long numberOf(long seq) {
        return number + seq - rows.first();
    }

    /** Returns the row that has a number. */
    long seqOf(long of) {
        return rows.first() + of - number;
    }

    /** Returns what is left from a seq on. */
    NumberedRun from(long seq) {
        return new NumberedRun(numberOf(seq), Run.of(seq, rows.last()), numberedAt);
    }
}
