package dev.freshet.relay.internal;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.TopicWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the slot of a source, and the cursor that begins at it: for the first time, or anew after a loss. */
final class SourceBeginning {
    /** The epoch that begins with the first capture, not with a loss. */
    static final int FIRST_EPOCH = 1;

    private final RelaySettings settings;
    private final InstantSource clock;
    private final String incarnation;
    private final Source source;
    private final TopicWriter writer;

    SourceBeginning(
            RelaySettings settings, InstantSource clock, String incarnation, Source source, TopicWriter writer) {
        this.settings = settings;
        this.clock = clock;
        this.incarnation = incarnation;
        this.source = source;
        this.writer = writer;
    }

    /**
     * First start: the intent is written before the slot is made, so that a slot left by a crash is known as ours. It is made
     * anew: the tables were captured after it, and rows may have gone in between without a row message.
     */
    Cursor first(@Nullable Cursor intent, SourceIdentity identity) {
        Optional<SlotState> slot = source.slot();
        if (intent == null && slot.isPresent()) {
            throw new ConfigurationException("The slot '" + settings.slot() + "' exists, but the ledger '"
                    + settings.ledger()
                    + "' knows nothing of it: if the ledger was deleted, or an earlier Freshet left the slot, run 'freshet remove source "
                    + settings.source() + "'; else set sources." + settings.source() + ".slot to another name");
        }
        if (intent == null || slot.isPresent()) {
            // also a second time: a relay that another one has fenced ends here, and leaves its slot alone
            writeAlone(new Cursor(
                    incarnation,
                    identity,
                    FIRST_EPOCH,
                    Position.boundary(FIRST_EPOCH, 0),
                    Map.of(),
                    null,
                    null,
                    false,
                    clock.instant(),
                    Map.of()));
        }
        if (slot.isPresent()) {
            source.dropSlot();
        }
        return cursor(identity, Position.boundary(FIRST_EPOCH, source.createSlot()), Map.of(), Map.of());
    }

    /**
     * After a loss: a new slot, and a new epoch, so that every position of it is above all that were written, whatever LSNs the
     * source has now.
     *
     * <p>Nothing new is written here. A crash before the caller has written the cursor leaves the loss in the ledger, and a
     * slot that the next one drops again.
     */
    Cursor anew(Cursor lost, SourceIdentity identity) {
        int epoch = nextEpoch(lost);
        // a relay that another one has fenced ends here, and leaves its slot alone
        writeAlone(lost);
        source.dropSlot();
        Position at = Position.boundary(epoch, source.createSlot());
        return cursor(identity, at, Objects.requireNonNull(lost.boundary()).offsets(), streamsAnew(lost, at));
    }

    /**
     * Returns the streams as they will be, before anything is dropped or made.
     *
     * @throws ConfigurationException if there is no epoch left
     */
    Map<String, StreamEntry> streamsAnew(Cursor lost) {
        return streamsAnew(lost, Position.boundary(nextEpoch(lost), 0));
    }

    /** Each stream is read anew; one whose topic is at fault, or that is not captured, stays as it is. */
    private static Map<String, StreamEntry> streamsAnew(Cursor lost, Position at) {
        String reason = Objects.requireNonNull(lost.loss()).reason();
        Map<String, StreamEntry> streams = new TreeMap<>(lost.streams());
        streams.replaceAll((name, e) ->
                e.status() == StreamStatus.STOPPED || e.mending() == Mending.TOPIC ? e : e.readAnew(at, reason));
        return streams;
    }

    private int nextEpoch(Cursor lost) {
        if (lost.epoch() >= Position.MAX_EPOCH) {
            throw new ConfigurationException(
                    "Source '" + settings.source() + "' cannot begin anew after its loss: its epoch "
                            + lost.epoch()
                            + " is the last that a position can have. Its slot was left alone. To begin it with a"
                            + " new ledger, stop the servers, run 'freshet remove source " + settings.source()
                            + "', delete the topics of its streams if they are still there, and start again");
        }
        return lost.epoch() + 1;
    }

    private Cursor cursor(
            SourceIdentity identity, Position at, Map<String, OffsetVector> offsets, Map<String, StreamEntry> streams) {
        return new Cursor(
                incarnation,
                identity,
                at.epoch(),
                at,
                Map.of(),
                new Boundary(at, null, offsets),
                null,
                true,
                clock.instant(),
                streams);
    }

    private void writeAlone(Cursor cursor) {
        writer.begin();
        writer.writeLedger(LedgerKey.CURSOR, LedgerCodec.encode(cursor));
        writer.commit();
    }
}
