package dev.freshet.replica.port;

import dev.freshet.model.FreshetException;

/** A copy's table could not be altered, since a transaction that has not ended uses it. */
public final class TableLockedException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which table, what would have altered it, and how to find who uses it
     * @param cause what the database said
     */
    public TableLockedException(String message, Throwable cause) {
        super(message, cause);
    }
}
