package dev.freshet.server.config;

/**
 * Something in the configuration that cannot stand.
 *
 * @param path where, such as {@code sources.shop.url}; empty for the file as a whole
 * @param message the value (unless it is secret), what is allowed, and what to do
 */
public record Mistake(String path, String message) {
    /** Returns {@code path: message}. */
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
