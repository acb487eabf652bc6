package dev.freshet.server.config;

import java.util.Locale;

/** What a source's database is. */
public enum SourceType {
    /** PostgreSQL, by its log. */
    POSTGRESQL;

    /** Returns the word in the file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
