package dev.freshet.model.ledger;

/** What a stream can be, as the ledger tells it. */
public enum StreamStatus {
    /** Its first (or repairing) snapshot is on its way; live changes flow already. A copy is not complete. */
    SNAPSHOTTING("snapshotting"),
    /** Its topic is the table: boundaries speak for it. */
    RUNNING("running"),
    /** Something was lost since a position; a copy is not complete until it is snapshotted anew. */
    BROKEN("broken"),
    /** No longer captured; its topic stays as it was. */
    STOPPED("stopped");

    private final String text;

    StreamStatus(String text) {
        this.text = text;
    }

    /** Returns the word in the ledger. */
    public String text() {
        return text;
    }

    /** Returns whether boundaries speak for the stream's topic, so that nothing may be missing from it. */
    public boolean isClaimed() {
        return this == RUNNING || this == SNAPSHOTTING;
    }

    /**
     * Returns the status of a word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static StreamStatus of(String text) {
        for (StreamStatus s : values()) {
            if (s.text.equals(text)) {
                return s;
            }
        }
        throw new IllegalArgumentException("Not the status of a stream: '" + text + "'");
    }
}
