package dev.freshet.relay.internal;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.AgentRunner;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * An agent beside the relay without which it must not go on.
 *
 * @param what what it is, as in "sampler"
 * @param without what is the case without it
 * @param runner what runs it
 */
public record Helper(String what, String without, AgentRunner runner) {
    /**
     * Looks whether it is still at work, or has ended in order.
     *
     * @throws ConfigurationException if something that must be set right has ended it
     * @throws FreshetException if anything else has
     */
    void requireAtWork(String source) {
        if (runner.isRunning()) {
            return;
        }
        Throwable failure = runner.ended()
                .handle((nothing, e) -> e instanceof CompletionException ? e.getCause() : e)
                .join();
        if (failure == null) {
            return;
        }
        String message =
                told(source, "has failed", failure instanceof FreshetException ? failure.getMessage() : "" + failure);
        throw failure instanceof ConfigurationException
                ? new ConfigurationException(message, failure)
                : new FreshetException(message, failure);
    }

    /** Returns over which passing fault it waits before it tries again, and what that means; null if it works. */
    @Nullable
    String trouble(String source) {
        RetriableException retrying = runner.retrying();
        return retrying == null ? null : told(source, "fails", retrying.getMessage());
    }

    private String told(String source, String verb, @Nullable String why) {
        return "The " + what + " of source '" + source + "' " + verb + ", so that " + without + ": " + why;
    }
}
