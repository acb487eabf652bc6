package dev.freshet.relay.internal;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * An agent beside the relay without which it must not go on.
 *
 * @param what what it is, as in "sampler"
 * @param without what is the case without it
 * @param ended its end
 */
public record Helper(String what, String without, CompletableFuture<?> ended) {
    /**
     * Looks whether it is still at work, or has ended in order.
     *
     * @throws ConfigurationException if something that must be set right has ended it
     * @throws FreshetException if anything else has
     */
    void requireAtWork(String source) {
        if (!ended.isCompletedExceptionally()) {
            return;
        }
        Throwable failure = ended.handle((nothing, e) -> e instanceof CompletionException ? e.getCause() : e)
                .join();
        String message = "The " + what + " of source '" + source + "' has failed, so that " + without + ": "
                + (failure instanceof FreshetException ? failure.getMessage() : failure);
        throw failure instanceof ConfigurationException
                ? new ConfigurationException(message, failure)
                : new FreshetException(message, failure);
    }
}
