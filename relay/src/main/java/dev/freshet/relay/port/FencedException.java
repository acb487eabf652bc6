package dev.freshet.relay.port;

import dev.freshet.model.RetriableException;

/** Another relay of the same source has taken over; this one becomes a stand-by. */
public class FencedException extends RetriableException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which relay was fenced
     * @param cause what the cluster said
     */
    public FencedException(String message, Throwable cause) {
        super(message, cause);
    }
}
