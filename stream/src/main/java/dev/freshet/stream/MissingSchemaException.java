package dev.freshet.stream;

import dev.freshet.model.RetriableException;

/** A ledger has no schema record of that version, or none of the stream yet. It concerns that stream alone. */
public final class MissingSchemaException extends RetriableException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which schema of which stream is missing in which ledger, and what to do next
     */
    public MissingSchemaException(String message) {
        super(message);
    }
}
