package dev.freshet.replica.fill;

import dev.freshet.model.FreshetException;

/** The table of one stream cannot be filled for now, for a reason that lies in its topic; other streams are not concerned. */
public final class FillException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message which table cannot be filled from which topic, why, and what to do next
     */
    public FillException(String message) {
        super(message);
    }
}
