package dev.freshet.capture.polling;

import dev.freshet.model.FreshetException;

/** What a session with a polled database has failed by, until it is told for whom and at what: see {@link PolledStore#failed}. */
public final class PolledFailure extends FreshetException {
    private static final long serialVersionUID = 1L;

    /** Creates a failure. */
    public PolledFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Creates a failure that nothing else has caused. */
    public PolledFailure(String message) {
        super(message);
    }
}
