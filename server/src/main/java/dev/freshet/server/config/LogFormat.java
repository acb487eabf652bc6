package dev.freshet.server.config;

import java.util.Locale;

/** How log lines look. */
public enum LogFormat {
    /** Lines for people. */
    TEXT,
    /** One JSON object a line. */
    JSON;

    /** Returns the word in the file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
