package dev.freshet.relay;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.ResnapshotSteps.Found;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has the rows of a stream, or of all streams of a source, read anew, or changes how a snapshot that is under way goes on. What
 * it will do can first be described. It only writes into the ledger; the relay does the reading, now or when it is started.
 *
 * <p>Belongs to one thread. Methods throw {@link RetriableException} when Kafka is away, or when a relay took over before the
 * ledger was written; call them again.
 */
public final class RelayResnapshot {
    private final RelaySettings settings;
    private final InstantSource clock;
    private final ResnapshotSteps steps;

    /**
     * Creates it; nothing is asked or written yet.
     *
     * @param settings the relay's settings; of its streams nothing is looked at
     * @param clock the clock for the ledger's entry
     */
    public RelayResnapshot(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.steps = new ResnapshotSteps(settings);
    }

    /**
     * How it is to go on.
     *
     * @param maxRowsPerSecond how many rows a second it may read, for each stream; 0 as the settings say; null to leave it
     * @param paused true to pause what is under way, false to let it go on; null to leave it
     */
    public record Options(
            @Nullable Long maxRowsPerSecond, @Nullable Boolean paused) {
        /** Rejects a negative limit. */
        public Options {
            if (maxRowsPerSecond != null && maxRowsPerSecond < 0) {
                throw new IllegalArgumentException(
                        "A snapshot cannot read at most " + maxRowsPerSecond + " rows a second");
            }
        }

        /** From the beginning, as the settings say. */
        public static final Options NONE = new Options(null, null);

        boolean changesOnly(StreamEntry entry) {
            return paused != null || (maxRowsPerSecond != null && entry.status() == StreamStatus.SNAPSHOTTING);
        }

        StreamEntry on(StreamEntry entry) {
            SnapshotProgress p = Objects.requireNonNull(entry.snapshot());
            return entry.snapshotting(
                    entry.since(),
                    p.with(
                            paused == null ? p.paused() : paused,
                            maxRowsPerSecond == null ? p.maxRowsPerSecond() : maxRowsPerSecond));
        }

        /** Whoever has rows read anew wants them read: a pause of before ends. */
        StreamEntry anew(StreamEntry entry) {
            SnapshotProgress p = Objects.requireNonNull(entry.snapshot());
            return entry.snapshotting(
                    entry.since(), p.with(false, maxRowsPerSecond == null ? p.maxRowsPerSecond() : maxRowsPerSecond));
        }

        String textAnew(StreamEntry before) {
            SnapshotProgress p = before.status() == StreamStatus.SNAPSHOTTING ? before.snapshot() : null;
            if (p == null) {
                return text();
            }
            return (p.paused() ? ", paused no longer" : "")
                    + (maxRowsPerSecond == null && p.maxRowsPerSecond() > 0
                            ? ", still at most " + p.maxRowsPerSecond() + " rows a second"
                            : text());
        }

        String text() {
            return (paused == null ? "" : paused ? ", paused" : ", not paused") + limitText();
        }

        String limitText() {
            return maxRowsPerSecond == null
                    ? ""
                    : maxRowsPerSecond == 0
                            ? ", as fast as the settings allow"
                            : ", at most " + maxRowsPerSecond + " rows a second";
        }
    }

    /** Returns the names of the streams that the ledger knows, in order; empty if there is no ledger. */
    public List<String> streams() {
        return read(cursor ->
                cursor == null ? List.of() : List.copyOf(cursor.streams().keySet()));
    }

    /** What is going to be done, as it was found when it was asked for; of the source with whose settings it was made. */
    public static final class Plan {
        private final String command;
        private final Options options;
        private final Found found;
        private final List<String> actions;

        private Plan(String command, Options options, Found found, List<String> actions) {
            this.command = command;
            this.options = options;
            this.found = found;
            this.actions = List.copyOf(actions);
        }

        /** Returns what will be done, one action a line. */
        public List<String> actions() {
            return actions;
        }
    }

    /**
     * Finds out what has to be done so that a stream's rows are read anew into its topic. If its topic is what is wrong, the
     * topic is deleted and begun anew by a relay that has the stream. With options, a snapshot under way goes on otherwise,
     * from where it is.
     *
     * @throws ConfigurationException if the ledger knows no such stream, it is no longer captured, only its whole source can
     *     be begun anew, or the options do not fit what it does
     */
    public Plan planStream(String stream, Options options) {
        return plan("resnapshot " + stream, stream, options);
    }

    /**
     * Finds out what has to be done so that all of a source is read anew: after a loss, the source begins anew; else every
     * stream that is captured is read anew as by {@link #planStream}. A limit of rows alone changes how the snapshots go on that
     * are under way, if there are any.
     *
     * @throws ConfigurationException if the source has no ledger yet, nothing is to be done, or the options do not fit
     */
    public Plan planSource(Options options) {
        return plan("resnapshot --source " + settings.source(), null, options);
    }

    private Plan plan(String command, @Nullable String stream, Options options) {
        return read(cursor -> plan(cursor, command, stream, options));
    }

    /** Plans by an entry that was read. */
    Plan plan(@Nullable Cursor cursor, String command, @Nullable String stream, Options options) {
        Found found = steps.find(cursor, stream, options);
        return new Plan(command, options, found, steps.describe(cursor, found, options));
    }

    /**
     * Does what was planned, in one entry of the ledger, unless something else would be done by now.
     *
     * @throws ConfigurationException if it cannot be done any more
     * @throws RetriableException if Kafka is away, a relay took over before the ledger was written, or what would be done is
     *     no longer what was planned, and nothing was changed; plan it again
     */
    public void carryOut(Plan plan) {
        if (!LedgerEdit.write(settings, clock, (cursor, edit) -> apply(plan, cursor, edit))) {
            String stream = plan.found.stream();
            throw stream == null ? steps.notBegun() : steps.unknown(stream);
        }
    }

    /** Applies a plan to an entry that was read behind the fence; returns what a lost race means. */
    String apply(Plan plan, Cursor cursor, LedgerEdit edit) {
        Found now = steps.find(cursor, plan.found.stream(), plan.options);
        if (!now.equals(plan.found)) {
            throw new RetriableException("Nothing was changed, since source '" + settings.source()
                    + "' has changed after it was shown what would be done. Run 'freshet " + plan.command
                    + "' again to see what it does now");
        }
        if (now.loss() != null) {
            edit.state().mayBeginAnew();
        }
        now.steps().forEach(s -> s.take(edit, plan.options));
        return "The ledger '" + settings.ledger() + "' was not written, since a relay of source '" + settings.source()
                + "' took over meanwhile: run 'freshet " + plan.command + "' again";
    }

    private <T> T read(Function<@Nullable Cursor, T> work) {
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            return work.apply(LedgerEdit.read(settings, store));
        }
    }
}
