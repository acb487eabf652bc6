package dev.freshet.server.config;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a setting's value is read.
 *
 * @param <T> the type of the value
 */
public interface ValueType<T> {
    /** Returns what is allowed, for the reference document and for messages, such as {@code integer from 1 to 65535}. */
    String allowed();

    /** Returns whether the value must not be shown. */
    default boolean secret() {
        return false;
    }

    /**
     * Reads a value.
     *
     * @param node what stands in the file, not missing and not null
     * @param at its path, and where mistakes go
     * @return the value, or null after a mistake was noted
     */
    @Nullable
    T read(JsonNode node, Place at);
}
