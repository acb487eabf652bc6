package dev.freshet.relay;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes a source or a stream away: what a relay has made in the database and in Kafka. Each removal can first be described.
 *
 * <p>Belongs to one thread. Methods throw {@link dev.freshet.model.RetriableException} when a server is away; what was not
 * done then is done by calling again.
 */
public final class RelayRemoval {
    private final RelaySettings settings;
    private final Source source;
    private final InstantSource clock;

    /**
     * Creates a removal.
     *
     * @param settings the relay's settings; of its streams only the ledger's are looked at
     * @param source the source, not closed here
     * @param clock the clock for the ledger's entry
     */
    public RelayRemoval(RelaySettings settings, Source source, InstantSource clock) {
        this.settings = settings;
        this.source = source;
        this.clock = clock;
    }

    /** Returns what {@link #removeSource} will do, one action a line. */
    public List<String> describeSource() {
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            List<String> actions = new ArrayList<>();
            source.slot()
                    .ifPresent(s -> actions.add("drop the replication slot '" + s.name() + "', which holds back "
                            + s.retainedBytes() + " bytes of log, and its publication if Freshet made it"));
            Cursor cursor = cursor(store);
            if (cursor != null) {
                cursor.streams()
                        .values()
                        .forEach(e ->
                                actions.add("delete the topic '" + e.topic() + "' of stream '" + e.stream() + "'"));
            }
            if (store.find("ledger", settings.ledger()).isPresent()) {
                actions.add("delete the ledger '" + settings.ledger() + "'");
            }
            return actions;
        }
    }

    /**
     * Drops the slot and the publication, deletes the topics of the ledger's streams, then the ledger.
     *
     * @throws ConfigurationException if a relay is reading the slot
     */
    public void removeSource() {
        refuseIfRead();
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            Cursor cursor = cursor(store);
            drop();
            if (cursor != null) {
                store.delete(cursor.streams().values().stream()
                        .map(StreamEntry::topic)
                        .toList());
            }
            store.delete(List.of(settings.ledger()));
        }
    }

    private void refuseIfRead() {
        Optional<Integer> reader = source.slot().map(SlotState::activePid);
        if (reader.isPresent()) {
            throw new ConfigurationException("Source '" + settings.source() + "' is being relayed (server process "
                    + reader.get() + " reads slot '" + settings.slot()
                    + "'): stop every server that has it first, or it would"
                    + " make everything anew");
        }
    }

    private void drop() {
        try {
            source.remove();
        } catch (RetriableException e) {
            // a relay that was just taking over may have the slot by now
            refuseIfRead();
            throw e;
        }
    }

    /** Returns the names of the streams that the ledger knows, in order; empty if there is no ledger. */
    public Set<String> streams() {
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            Cursor cursor = cursor(store);
            return cursor == null ? Set.of() : new TreeSet<>(cursor.streams().keySet());
        }
    }

    /** Returns what {@link #removeStream} will do, one action a line; empty if the ledger knows no such stream. */
    public List<String> describeStream(String stream) {
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            Cursor cursor = cursor(store);
            StreamEntry entry = cursor == null ? null : cursor.streams().get(stream);
            if (entry == null) {
                return List.of();
            }
            return List.of(
                    "take stream '" + stream + "' (" + entry.status().text() + ") out of the ledger '"
                            + settings.ledger() + "'; a running relay pauses for some seconds",
                    "delete the topic '" + entry.topic() + "' with all its records",
                    "begin the stream anew from its table if it is still in a running server's configuration");
        }
    }

    /**
     * Takes the stream out of the ledger and deletes its topic. A running relay of the source is fenced and takes over again;
     * if it still has the stream in its configuration, it begins it anew, which is the repair of a broken stream.
     *
     * @throws ConfigurationException if the ledger knows no such stream
     * @throws RetriableException if a server is away, or a relay took over before the ledger was written; call it again
     */
    public void removeStream(String stream) {
        boolean begun = LedgerEdit.write(settings, clock, (cursor, edit) -> {
            StreamEntry entry = cursor.streams().get(stream);
            if (entry == null) {
                throw unknown(stream);
            }
            edit.removeStream(entry);
            return "The topic '" + entry.topic() + "' is deleted, but stream '" + stream
                    + "' is in the ledger still, since a relay of source '" + settings.source()
                    + "' took over meanwhile: run 'freshet remove stream " + stream + "' again";
        });
        if (!begun) {
            throw unknown(stream);
        }
    }

    private ConfigurationException unknown(String stream) {
        return new ConfigurationException(
                "The ledger '" + settings.ledger() + "' knows no stream '" + stream + "': nothing was removed");
    }

    private @Nullable Cursor cursor(TopicStore store) {
        return store.find("ledger", settings.ledger()).isPresent()
                ? store.readLedger().cursor()
                : null;
    }
}
