package dev.freshet.model.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The log cannot be followed any more from the last boundary on: the slot is gone, or the source has become another history.
 * It stands in the cursor until the source has begun anew, since what showed it may pass: a restored server's log grows beyond
 * the cursor.
 *
 * @param reason what happened and what is missing, in sentences without the last full stop; what helps is told where it is shown
 * @param mayBeginAnew whether an operator has said that the server is the right one and all its streams are to be read anew
 * @param server the server that was looked at, of which an operator's word speaks; null while none has answered since
 */
public record SourceLoss(
        String reason, boolean mayBeginAnew, @Nullable ServerSeen server) {
    /** Returns the same loss, after which the source may begin anew. */
    public SourceLoss granted() {
        return new SourceLoss(reason, true, server);
    }

    /** Returns whether an operator's word, if it is given, speaks of a server. */
    public boolean isOf(ServerSeen now) {
        return server != null && server.isStill(now);
    }
}
