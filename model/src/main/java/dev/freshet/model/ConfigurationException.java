package dev.freshet.model;

import org.jspecify.annotations.Nullable;

/** A setting, or something outside that must fit it, is wrong; trying again does not help until it is mended. */
public class ConfigurationException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     */
    public ConfigurationException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     * @param cause what lies behind it
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
