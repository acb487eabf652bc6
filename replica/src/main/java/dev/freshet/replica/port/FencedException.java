package dev.freshet.replica.port;

import dev.freshet.model.RetriableException;

/** Another instance has taken a partition over, or filled the table anew: what was to be committed was rolled back. */
public final class FencedException extends RetriableException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which replica
     */
    public FencedException(String message) {
        super(message);
    }
}
