package dev.freshet.stream;

import dev.freshet.model.RetriableException;

/**
 * Pieces were handed over, and the boundary that they lead to does not come, since a stream has stopped running. Whoever
 * took them rolls back and starts the reader again from what it has stored.
 */
public final class PiecesLostException extends RetriableException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which stream, and why it does not run
     */
    public PiecesLostException(String message) {
        super(message);
    }
}
