package dev.freshet.stream;

import dev.freshet.model.LossException;
import org.jspecify.annotations.Nullable;

/**
 * The copy cannot be led to another boundary from where it stands: what lies between may have been compacted away, or its
 * topic is another one. It stays as it is, readable and no longer complete, until a new one has been filled.
 */
public final class RefillException extends LossException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened, and the way out
     * @param cause what lies behind it
     */
    public RefillException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
