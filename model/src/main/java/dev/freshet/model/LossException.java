package dev.freshet.model;

import org.jspecify.annotations.Nullable;

/** Something that is needed is gone for good (a slot, a part of a topic): only a repair helps, and what depends on it is not served as complete. */
public class LossException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     */
    public LossException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     * @param cause what lies behind it
     */
    public LossException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
