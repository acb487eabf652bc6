package dev.freshet.server.run;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A part at work, on threads of its own. All methods may be called by any thread. */
interface Running extends AutoCloseable {
    /** Returns when its thread last came back from a piece of work. */
    Instant lastReturn();

    /** Returns its end: normal after {@link #close}, or with the failure that ended it. */
    CompletableFuture<?> ended();

    /** Ends it and waits, for a limited time. */
    @Override
    void close();
}
