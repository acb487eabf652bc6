package dev.freshet.server.config;

import java.util.Locale;

/** What readers of a replica's tables may rely on. */
public enum Consistency {
    /** The changes of each row come in their order. */
    PER_KEY,
    /** All tables move together, by whole transactions of the source. */
    PER_TRANSACTION;

    /** Returns the word in the file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
