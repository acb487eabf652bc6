package dev.freshet.embedded;

import org.jspecify.annotations.Nullable;

/** A server did not come up. The message ends with the end of the server's log, where there is one. */
public final class ServerStartException extends EmbeddedException {

    /** Creates the exception. */
    public ServerStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    ServerStartException(String message, String summary) {
        super(message, summary, null);
    }
}
