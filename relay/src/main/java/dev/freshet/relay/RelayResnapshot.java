package dev.freshet.relay;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicStore;
import java.time.InstantSource;
import java.util.ArrayList;
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
    private static final String WHY = "an operator asked for it";

    private final RelaySettings settings;
    private final InstantSource clock;

    /**
     * Creates it; nothing is asked or written yet.
     *
     * @param settings the relay's settings; of its streams nothing is looked at
     * @param clock the clock for the ledger's entry
     */
    public RelayResnapshot(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
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

        private boolean changesOnly(StreamEntry entry) {
            return paused != null || (maxRowsPerSecond != null && entry.status() == StreamStatus.SNAPSHOTTING);
        }

        private StreamEntry on(StreamEntry entry) {
            SnapshotProgress p = Objects.requireNonNull(entry.snapshot());
            return entry.snapshotting(
                    entry.since(),
                    p.with(
                            paused == null ? p.paused() : paused,
                            maxRowsPerSecond == null ? p.maxRowsPerSecond() : maxRowsPerSecond));
        }

        private String text() {
            String limit = maxRowsPerSecond == null
                    ? ""
                    : maxRowsPerSecond == 0
                            ? ", as fast as the settings allow"
                            : ", at most " + maxRowsPerSecond + " rows a second";
            return paused == null ? limit : (paused ? ", paused" : ", not paused") + limit;
        }
    }

    /** Returns the names of the streams that the ledger knows, in order; empty if there is no ledger. */
    public List<String> streams() {
        return read(cursor ->
                cursor == null ? List.of() : List.copyOf(cursor.streams().keySet()));
    }

    /**
     * Returns what {@link #resnapshotStream} will do, one action a line.
     *
     * @throws ConfigurationException as there
     */
    public List<String> describeStream(String stream, Options options) {
        return read(cursor -> describe(List.of(step(cursor, stream, options)), options));
    }

    /**
     * Has a stream's rows read anew into its topic. If its topic is what is wrong, the topic is deleted and begun anew by a
     * relay that has the stream. With options, a snapshot under way goes on otherwise, from where it is.
     *
     * @throws ConfigurationException if the ledger knows no such stream, it is no longer captured, only its whole source can
     *     be begun anew, or the options do not fit what it does
     * @throws RetriableException if Kafka is away, or a relay took over before the ledger was written; call it again
     */
    public void resnapshotStream(String stream, Options options) {
        boolean begun = LedgerEdit.write(settings, clock, (cursor, edit) -> {
            step(cursor, stream, options).take(edit, options);
            return raced("resnapshot " + stream);
        });
        if (!begun) {
            throw unknown(stream);
        }
    }

    /**
     * Returns what {@link #resnapshotSource} will do, one action a line.
     *
     * @throws ConfigurationException as there
     */
    public List<String> describeSource(Options options) {
        return read(cursor -> {
            Cursor begun = begun(cursor);
            if (begun.loss() == null) {
                return describe(steps(begun, options), options);
            }
            requireNone(options);
            return List.of(
                    "begin source '" + settings.source() + "' anew with a new replication slot, and read all its tables"
                            + " anew into the topics that they have; what does not exist any more is published as deleted",
                    "take the server at sources." + settings.source() + ".url as the right one, although: "
                            + begun.loss().reason());
        });
    }

    /**
     * After a loss, lets the source begin anew; else has every stream that is captured read anew as by {@link
     * #resnapshotStream}, in one entry.
     *
     * @throws ConfigurationException if the source has no ledger yet, nothing is to be done, or the options do not fit
     * @throws RetriableException if Kafka is away, or a relay took over before the ledger was written; call it again
     */
    public void resnapshotSource(Options options) {
        boolean begun = LedgerEdit.write(settings, clock, (cursor, edit) -> {
            if (cursor.loss() == null) {
                steps(cursor, options).forEach(s -> s.take(edit, options));
            } else {
                requireNone(options);
                edit.state().mayBeginAnew();
            }
            return raced("resnapshot --source " + settings.source());
        });
        if (!begun) {
            throw notBegun();
        }
    }

    private enum Kind {
        /** How it goes on is changed. */
        CHANGE {
            @Override
            String text(StreamEntry e, Options o) {
                return "let the snapshot of stream '" + e.stream() + "' go on from where it is" + o.text();
            }

            @Override
            void take(StreamEntry e, Options o, LedgerEdit edit) {
                edit.state().put(o.on(e));
            }
        },
        /** Its rows are read anew. */
        ROWS {
            @Override
            String text(StreamEntry e, Options o) {
                return "read the rows of stream '" + e.stream() + "' ("
                        + e.status().text()
                        + ") anew from the beginning, into the topic '" + e.topic() + "' that it has" + o.text()
                        + "; what does not exist any more is published as deleted, and copies are not complete until then";
            }

            @Override
            void take(StreamEntry e, Options o, LedgerEdit edit) {
                edit.state().put(o.on(e.readAnew(edit.state().boundary().position(), WHY)));
            }
        },
        /** Its topic is begun anew. */
        TOPIC {
            @Override
            String text(StreamEntry e, Options o) {
                return "delete the topic '" + e.topic() + "' with all its records, since it is what breaks stream '"
                        + e.stream()
                        + "', and begin the stream anew from its table if it is in a server's configuration";
            }

            @Override
            void take(StreamEntry e, Options o, LedgerEdit edit) {
                edit.removeStream(e);
            }
        };

        abstract String text(StreamEntry e, Options o);

        abstract void take(StreamEntry e, Options o, LedgerEdit edit);
    }

    private record Step(StreamEntry entry, Kind kind) {
        void take(LedgerEdit edit, Options options) {
            kind.take(entry, options, edit);
        }
    }

    private List<Step> steps(Cursor cursor, Options options) {
        List<Step> steps = cursor.streams().values().stream()
                .filter(e -> e.status() != StreamStatus.STOPPED)
                .filter(e -> options.paused() == null || e.status() == StreamStatus.SNAPSHOTTING)
                .map(e -> step(cursor, e.stream(), options))
                .toList();
        if (steps.isEmpty()) {
            throw new ConfigurationException("Source '" + settings.source() + "' has no stream "
                    + (options.paused() == null ? "that is captured" : "whose snapshot is under way")
                    + ": nothing was changed");
        }
        return steps;
    }

    private Step step(@Nullable Cursor cursor, String stream, Options options) {
        StreamEntry entry = cursor == null ? null : cursor.streams().get(stream);
        if (entry == null) {
            throw unknown(stream);
        }
        if (entry.status() == StreamStatus.STOPPED) {
            throw new ConfigurationException(
                    Objects.requireNonNull(entry.trouble()) + ". Its rows cannot be read anew; nothing was changed");
        }
        if (entry.mending() == Mending.SOURCE) {
            throw new ConfigurationException(
                    "Stream '" + stream + "' cannot be begun anew without the others of source '"
                            + settings.source() + "', run 'freshet resnapshot --source " + settings.source()
                            + "'; nothing was changed. It is broken, since: " + entry.reason());
        }
        if (options.paused() != null && entry.status() != StreamStatus.SNAPSHOTTING) {
            throw new ConfigurationException("Stream '" + stream + "' is "
                    + entry.status().text()
                    + ": no snapshot of it is under way that could be paused or resumed; nothing was changed");
        }
        if (options.changesOnly(entry)) {
            return new Step(entry, Kind.CHANGE);
        }
        if (entry.mending() != Mending.TOPIC) {
            return new Step(entry, Kind.ROWS);
        }
        if (options.maxRowsPerSecond() != null) {
            throw new ConfigurationException(
                    "Stream '" + stream + "' is begun anew with its topic, so that a limit has to"
                            + " stand in the file: sources." + settings.source()
                            + ".limits.snapshot-max-rows-per-second; nothing was changed");
        }
        return new Step(entry, Kind.TOPIC);
    }

    private List<String> describe(List<Step> steps, Options options) {
        List<String> actions = new ArrayList<>();
        steps.forEach(s -> actions.add(s.kind().text(s.entry(), options)));
        actions.add("write so into the ledger '" + settings.ledger() + "'; a running relay pauses for some seconds");
        return actions;
    }

    private void requireNone(Options options) {
        if (!options.equals(Options.NONE)) {
            throw new ConfigurationException("Source '" + settings.source()
                    + "' has to begin anew, so no snapshot is under way: without options it does; a limit may stand in the"
                    + " file before, sources." + settings.source()
                    + ".limits.snapshot-max-rows-per-second. Nothing was changed");
        }
    }

    private String raced(String command) {
        return "The ledger '" + settings.ledger() + "' was not written, since a relay of source '" + settings.source()
                + "' took over meanwhile: run 'freshet " + command + "' again";
    }

    private Cursor begun(@Nullable Cursor cursor) {
        if (cursor == null) {
            throw notBegun();
        }
        return cursor;
    }

    private ConfigurationException notBegun() {
        return new ConfigurationException("The ledger '" + settings.ledger() + "' of source '" + settings.source()
                + "' has no streams yet: nothing was changed");
    }

    private ConfigurationException unknown(String stream) {
        return new ConfigurationException(
                "The ledger '" + settings.ledger() + "' knows no stream '" + stream + "': nothing was changed");
    }

    private <T> T read(Function<@Nullable Cursor, T> work) {
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            return work.apply(LedgerEdit.read(settings, store));
        }
    }
}
