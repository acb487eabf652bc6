package dev.freshet.capture;

/** What has happened to a table means for the stream that is captured from it; in the order of what is needed to mend it. */
public enum Harm {
    /** Nothing: no row has changed without a row message. */
    NONE,
    /** Rows have changed without row messages: they have to be read anew. */
    ROWS,
    /** The same, and the table has to be captured anew before, since it is another one or is published otherwise. */
    CAPTURE,
    /** The stream is not captured as it is: somebody has to see to the table, then its rows are read anew. */
    TABLE,
    /** Rows are told apart by other columns than before, so that the topic's keys mean nothing any more. */
    KEY;

    /** Returns the greater one. */
    public Harm and(Harm other) {
        return compareTo(other) < 0 ? other : this;
    }

    /** Returns whether the stream can be mended without anybody's doing. */
    public boolean isMendedByReading() {
        return this == ROWS || this == CAPTURE;
    }
}
