package dev.freshet.client;

import dev.freshet.model.RetriableException;
import dev.freshet.model.copy.TokenStatus;

/** The copy has not reached the token within the given time. It may later: wait on, read what is there, or ask the source. */
public final class TokenTimeoutException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final transient TokenStatus status;

    TokenTimeoutException(String message, TokenStatus status) {
        super(message);
        this.status = status;
    }

    /** Returns how many bytes of the source's log lay between the copy and the token at last, or -1 if unknown. */
    public long behindBytes() {
        return status.behindBytes();
    }
}
