package dev.freshet.model;

import org.jspecify.annotations.Nullable;

/**
 * The root of what Freshet throws, divided by what the caller can do: try again ({@link RetriableException}), mend the
 * configuration ({@link ConfigurationException}), or stop and repair ({@link LossException}, and this class itself).
 */
public class FreshetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, what Freshet did, and what to do next
     */
    public FreshetException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, what Freshet did, and what to do next
     * @param cause what lies behind it
     */
    public FreshetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
