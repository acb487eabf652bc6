package dev.freshet.server.config;

/** What of its own work Freshet logs. */
public enum LogLevel {
    /** What went wrong. */
    ERROR,
    /** And what may go wrong. */
    WARN,
    /** And what happens. */
    INFO,
    /** And how. */
    DEBUG
}
