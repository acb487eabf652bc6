package dev.freshet.relay.internal;

import dev.freshet.model.LossException;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelaySettings;
import org.jspecify.annotations.Nullable;

/**
 * A loss that was found, and the words for it, the same wherever it is.
 *
 * @param what what has happened, without a full stop
 * @param boundary the last boundary in the topics
 * @param until up to where changes may be missing, or null for what the server has since
 * @param server the server that was looked at, or null if none answered
 */
record Loss(
        String what,
        Position boundary,
        @Nullable Long until,
        @Nullable ServerSeen server) {
    /** Returns what stands in the ledger: what happened, and what is missing from where to where. */
    SourceLoss entry(RelaySettings settings) {
        return new SourceLoss(facts(settings), false, server);
    }

    private String facts(RelaySettings settings) {
        long from = boundary.lsn();
        Long to = until == null && server != null ? Long.valueOf(server.flushedLsn()) : until;
        return what + ". Changes of source '" + settings.source() + "' from "
                + (to == null
                        ? Lsn.format(from) + " on"
                        : Lsn.format(Math.min(from, to)) + " to " + Lsn.format(Math.max(from, to)))
                + " are missing or doubtful";
    }

    /** Returns what is told of a loss that stands in the ledger, with what helps under either policy. */
    static String told(RelaySettings settings, SourceLoss loss) {
        return broken(loss) + ". If the server is the right one, run 'freshet resnapshot --source " + settings.source()
                + "' to read its tables anew into the topics that they have; with sources." + settings.source()
                + ".on-loss: resnapshot the relay does so by itself";
    }

    private static String broken(SourceLoss loss) {
        return loss.reason() + ". Its streams are broken and no copy of them counts as complete";
    }

    /** Returns what a relay ends with, or takes over anew with if it may begin anew by itself, once the ledger says so. */
    static RuntimeException exception(RelaySettings settings, SourceLoss loss) {
        return settings.onLoss() == LossPolicy.STOP
                ? new LossException(told(settings, loss))
                : new RetriableException(broken(loss)
                        + ". The relay begins the source anew by itself, with a new slot, and"
                        + " reads its tables anew into the topics that they have, since sources." + settings.source()
                        + ".on-loss is resnapshot");
    }

    /** Returns what a relay tries again with while the ledger does not say so. */
    RetriableException unwritten(RelaySettings settings, RuntimeException cause) {
        return new RetriableException(
                facts(settings) + ". This could not be written into the ledger '" + settings.ledger()
                        + "' yet, so that copies may count as complete meanwhile (" + cause.getMessage()
                        + "). The relay writes nothing before it, and tries again",
                cause);
    }
}
