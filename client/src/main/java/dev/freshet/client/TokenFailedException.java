package dev.freshet.client;

import dev.freshet.model.FreshetException;
import dev.freshet.model.copy.TokenStatus;

/** The copy will not reach the token by waiting: what it stands for is lost, or the copy is broken. */
public final class TokenFailedException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final TokenStatus.Kind kind;

    TokenFailedException(String message, TokenStatus.Kind kind) {
        super(message);
        this.kind = kind;
    }

    /** Returns {@code LOST} or {@code BROKEN}. */
    public TokenStatus.Kind kind() {
        return kind;
    }
}
