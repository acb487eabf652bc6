package dev.freshet.relay.internal;

import dev.freshet.model.RetriableException;
import java.time.Instant;

/** A source has lost its log so often of late that it does not begin anew by itself at once. */
final class RepeatedLossException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final Instant until;

    RepeatedLossException(String message, Instant until) {
        super(message, null);
        this.until = until;
    }

    /** Returns from when on it may begin anew. */
    Instant until() {
        return until;
    }
}
