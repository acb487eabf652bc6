package dev.freshet.server.config;

/**
 * How Freshet logs.
 *
 * @param format how lines look
 * @param level what is logged
 */
public record LogConfig(LogFormat format, LogLevel level) {}
