package dev.freshet.relay.internal;

import dev.freshet.model.LossException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelaySettings;

/** The words for a loss, the same wherever it is found. */
final class Loss {
    private Loss() {}

    /**
     * Says what is missing from where to where, what Freshet did, and what to do.
     *
     * @param what what has happened, without a full stop
     * @param from the last boundary in the topics
     * @param to up to where changes may be missing
     */
    static String message(RelaySettings settings, String what, long from, long to) {
        return what + ". Changes of source '" + settings.source() + "' from " + Lsn.format(Math.min(from, to)) + " to "
                + Lsn.format(Math.max(from, to))
                + " are missing or doubtful; its streams are marked broken and no copy of"
                + " them counts as complete. If the server is the right one, run 'freshet resnapshot --source "
                + settings.source() + "' to read its tables anew into the topics that they have";
    }

    /** Returns what a relay ends with, or takes over anew with if it may begin anew by itself. */
    static RuntimeException exception(RelaySettings settings, String message) {
        return settings.onLoss() == LossPolicy.STOP
                ? new LossException(message)
                : new RetriableException(
                        message + ". The relay does so by itself, as sources." + settings.source() + ".on-loss says");
    }
}
