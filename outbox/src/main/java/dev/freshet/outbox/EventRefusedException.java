package dev.freshet.outbox;

import dev.freshet.model.FreshetException;
import org.jspecify.annotations.Nullable;

/** An event cannot be published as it is: the message names it, what is wrong, and what to do. Nothing was written for it. */
public final class EventRefusedException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /** Creates it. */
    public EventRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
