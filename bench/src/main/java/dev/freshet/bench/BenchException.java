package dev.freshet.bench;

import dev.freshet.model.FreshetException;
import org.jspecify.annotations.Nullable;

/** A measurement that could not be made, or whose result turned out to be wrong; the message says which and why. */
public final class BenchException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception without a cause. */
    public BenchException(String message) {
        super(message);
    }

    /** Creates an exception. */
    public BenchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
