package dev.freshet.model;

import org.jspecify.annotations.Nullable;

/** A passing fault: a server that is away, a connection that broke, a lost election. The same work may be tried again. */
public class RetriableException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     */
    public RetriableException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what happened to which named thing, and what to do next
     * @param cause what lies behind it
     */
    public RetriableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
