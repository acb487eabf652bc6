package dev.freshet.relay.internal;

import dev.freshet.model.Lsn;
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
                + " them counts as complete. To begin anew from the tables, run 'freshet remove source "
                + settings.source() + "' and start again";
    }
}
