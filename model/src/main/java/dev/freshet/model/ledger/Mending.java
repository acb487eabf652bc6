package dev.freshet.model.ledger;

import java.util.Locale;

/** What makes a broken stream whole again. */
public enum Mending {
    /** Its rows are read anew into the topic that it has. */
    ROWS,
    /** Its topic is deleted and made anew, since copies may hold what the topic does not name any more. */
    TOPIC,
    /** All of its source begins anew; the reason says how. */
    SOURCE;

    /** Returns the word in the ledger. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the mending of a word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Mending of(String text) {
        for (Mending m : values()) {
            if (m.text().equals(text)) {
                return m;
            }
        }
        throw new IllegalArgumentException("Not what mends a stream: '" + text + "'");
    }
}
