package dev.freshet.replica.agent;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.replica.ReplicaConfig;
import org.jspecify.annotations.Nullable;

/**
 * The sources as the applying agent has found them. Nobody but that agent closes lost ones: only there it is sure that it has
 * let go of them.
 */
final class FoundSources {
    private final ReplicaConfig config;
    private final Readers readers;
    private final Progress progress;
    private @Nullable Sources found;
    private boolean again;

    FoundSources(ReplicaConfig config, Readers readers, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.progress = progress;
    }

    /** Closes those that were given up, but for the ones that the applying agent may be using. */
    void closeLost() {
        progress.closeLost(found);
    }

    /** Returns those that were found, or null. */
    @Nullable
    Sources known() {
        return found;
    }

    /** Returns the sources; the caller has let go of those that were lost. */
    Sources get() throws InterruptedException {
        Sources known = progress.sources();
        if (known != null) {
            return known;
        }
        Sources mine = found;
        if (mine != null && progress.isLost(mine)) {
            found = null;
            again = true;
            mine = null;
        }
        progress.closeLost(mine);
        if (mine == null) {
            try {
                mine = Sources.open(config, readers);
            } catch (ConfigurationException e) {
                if (!again) {
                    throw e;
                }
                // it was right before the ledger was lost: the relay has not written the new one yet
                throw new RetriableException(
                        "Replica '" + config.name() + "' waits for a new ledger: " + e.getMessage(), e);
            }
            found = mine;
            again = false;
        }
        return mine;
    }

    /** Closes those that nobody else knows. */
    void close() {
        if (found != null && progress.sources() == null && !progress.isLost(found)) {
            found.close();
        }
    }
}
