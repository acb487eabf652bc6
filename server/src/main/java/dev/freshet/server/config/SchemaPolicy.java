package dev.freshet.server.config;

import java.util.Locale;

/** What a replica does with a column that the source adds. */
public enum SchemaPolicy {
    /** Add it to the copy as well. */
    EVOLVE,
    /** Leave it out. */
    IGNORE,
    /** Stop until somebody decides. */
    REFUSE;

    /** Returns the word in the file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
