package dev.freshet.relay;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.internal.LedgerState;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry that an operator's command writes into the ledger of a source. A running relay of the source is fenced by it,
 * stands by and takes over again. Belongs to one thread.
 */
final class LedgerEdit {
    private static final int TRIES = 3;

    private final LedgerContents contents;
    private final LedgerState state;
    private final List<String> topics = new ArrayList<>();

    LedgerEdit(LedgerContents contents, LedgerState state) {
        this.contents = contents;
        this.state = state;
    }

    private enum Outcome {
        WRITTEN,
        NOTHING_THERE,
        OVERTAKEN
    }

    /** What a command changes. */
    @FunctionalInterface
    interface Change {
        /**
         * Makes the changes.
         *
         * @return what is not done, and how to do it, should a relay take over before the entry is written
         */
        String make(Cursor cursor, LedgerEdit edit);
    }

    /** Returns the newest entry, if it has a boundary; null if there is no ledger, or no stream in it yet. */
    static @Nullable Cursor read(RelaySettings settings, TopicStore store) {
        return store.find("ledger", settings.ledger()).isPresent()
                ? begun(store.readLedger().cursor())
                : null;
    }

    private static @Nullable Cursor begun(@Nullable Cursor cursor) {
        return cursor == null || cursor.boundary() == null ? null : cursor;
    }

    /**
     * Fences the relay, makes the change and writes it; again, with the ledger that is there then, if a relay took over in
     * between and no topic was deleted.
     *
     * @return whether there was something to change: a ledger with a boundary
     * @throws RuntimeException of the change, after which nothing is written
     * @throws RetriableException if a server is away, or a relay took over before the entry was written
     */
    static boolean write(RelaySettings settings, InstantSource clock, Change change) {
        int left = TRIES;
        Outcome outcome;
        do {
            left--;
            outcome = attempt(settings, clock, change, left);
        } while (outcome == Outcome.OVERTAKEN);
        return outcome == Outcome.WRITTEN;
    }

    private static Outcome attempt(RelaySettings settings, InstantSource clock, Change change, int left) {
        try (TopicStore store = KafkaTopicStore.create(settings);
                TopicWriter writer = KafkaTopicWriter.create(settings)) {
            if (store.find("ledger", settings.ledger()).isEmpty()) {
                return Outcome.NOTHING_THERE;
            }
            writer.fence();
            LedgerContents contents = store.readLedger();
            Cursor cursor = begun(contents.cursor());
            if (cursor == null) {
                return Outcome.NOTHING_THERE;
            }
            LedgerState state = new LedgerState(UUID.randomUUID().toString(), cursor.source(), cursor);
            LedgerEdit edit = new LedgerEdit(contents, state);
            String undone = make(change, cursor, edit, left);
            if (!edit.topics.isEmpty()) {
                // They go first: a relay that takes over in between finds them gone and breaks these streams alone,
                // while a
                // topic with records that no ledger knows would stop it altogether.
                store.delete(edit.topics);
            }
            boolean last = left == 0 || !edit.topics.isEmpty();
            return write(state, writer, clock, last ? undone : null);
        }
    }

    /** Writes the entry; overtaken by a relay it fails if it is told what is undone then. */
    private static Outcome write(LedgerState state, TopicWriter writer, InstantSource clock, @Nullable String undone) {
        try {
            writer.begin();
            state.writeTo(writer, clock.instant());
            writer.commit();
            return Outcome.WRITTEN;
        } catch (FencedException e) {
            if (undone != null) {
                throw new RetriableException(undone, e);
            }
            return Outcome.OVERTAKEN;
        }
    }

    private static String make(Change change, Cursor cursor, LedgerEdit edit, int left) {
        try {
            return change.make(cursor, edit);
        } catch (ConfigurationException e) {
            if (left == TRIES - 1) {
                throw e;
            }
            throw new ConfigurationException(
                    e.getMessage() + ". A relay took over while this was written: it may have been done before, see"
                            + " `freshet status`",
                    e);
        }
    }

    /** Returns the topics that are deleted. */
    List<String> topics() {
        return topics;
    }

    /** Returns the entry that is written. */
    LedgerState state() {
        return state;
    }

    /** Deletes the stream's topic and takes it out of the ledger; a relay that still has it begins it anew. */
    void removeStream(StreamEntry entry) {
        topics.add(entry.topic());
        state.forget(entry.stream(), contents.keys(""));
    }
}
