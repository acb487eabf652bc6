package dev.freshet.replica;

import java.util.Locale;

/** What readers of a replica's tables may rely on. */
public enum Consistency {
    /** Each row's changes come in their order; rows of one source transaction may show one after the other. */
    PER_KEY,
    /** All tables move together from one boundary of the source to another: half of a source transaction never shows. */
    PER_TRANSACTION;

    /** Returns the word in the configuration and in the status. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
