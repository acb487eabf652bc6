package dev.freshet.relay.internal;

import dev.freshet.capture.Source;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.FencedException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The losses that a relay finds, each of which is told only once the ledger says so. Belongs to the relay's thread.
 *
 * <p>Implementation note. What shows a loss may pass (a restored server's log grows), so one that could not be written is kept
 * and written by the next take-over, whatever the source looks like by then. It is void once somebody has followed the log
 * beyond its boundary.
 */
final class Losses {
    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

    private final RelaySettings settings;
    private @Nullable Loss unwritten;

    Losses(RelaySettings settings) {
        this.settings = settings;
    }

    /** Returns the loss that is still to be written, if the ledger stands where it was found; null if there is none. */
    @Nullable
    Loss unwritten(Cursor cursor) {
        Loss loss = unwritten;
        if (loss != null && (cursor.loss() != null || boundary(cursor).isAfter(loss.boundary()))) {
            unwritten = null;
        }
        return unwritten;
    }

    private static Position boundary(Cursor cursor) {
        return Objects.requireNonNull(cursor.boundary()).position();
    }

    /**
     * Writes a loss into the ledger.
     *
     * @param write writes the entry, alone and durably
     * @return what is to be thrown then: as {@link Loss#exception}, or to try again if it could not be written
     */
    RuntimeException tell(Loss loss, Consumer<SourceLoss> write) {
        SourceLoss entry = loss.entry(settings);
        unwritten = loss;
        try {
            write.accept(entry);
        } catch (FencedException | LossException e) {
            // another relay leads, or the ledger itself is lost
            return e;
        } catch (FreshetException e) {
            RetriableException told = loss.unwritten(settings, e);
            LOG.warn("{}", told.getMessage());
            return told;
        }
        unwritten = null;
        return Loss.exception(settings, entry);
    }

    /** Returns the server that a source is; null if it does not answer. */
    static @Nullable ServerSeen look(@Nullable Source source) {
        try {
            return source == null ? null : look(source, source.identify());
        } catch (FreshetException e) {
            LOG.info("Which server it is that has lost the log is not known yet: {}", e.getMessage());
            return null;
        }
    }

    static ServerSeen look(Source source, SourceIdentity identity) {
        return new ServerSeen(identity.system(), identity.timeline(), source.flushedLsn());
    }
}
