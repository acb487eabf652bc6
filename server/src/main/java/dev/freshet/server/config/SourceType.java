package dev.freshet.server.config;

import java.util.Locale;

/** How a source is captured. */
public enum SourceType {
    /** PostgreSQL, by its log. */
    POSTGRESQL,
    /** The outbox table of a PostgreSQL, MariaDB or MySQL, by looking into it. */
    POLLING;

    /** Returns the word in the file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
