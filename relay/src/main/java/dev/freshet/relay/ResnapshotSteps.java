package dev.freshet.relay;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayResnapshot.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides by a ledger's entry what a re-snapshot that an operator asks for does: no input, no output. */
final class ResnapshotSteps {
    private static final String WHY = "an operator asked for it";

    private final RelaySettings settings;

    ResnapshotSteps(RelaySettings settings) {
        this.settings = settings;
    }

    /**
     * What decides what is done.
     *
     * @param stream the stream that was named; null for the whole source
     * @param steps what is done to streams
     * @param loss the loss after which the source begins anew, with the server that is taken as the right one; else null
     */
    record Found(
            @Nullable String stream,
            List<Step> steps,
            @Nullable SourceLoss loss) {}

    /**
     * Finds out what has to be done.
     *
     * @param cursor the ledger's newest entry; null if there is none with a boundary
     * @param stream the stream that was named; null for the whole source
     * @throws ConfigurationException as {@link RelayResnapshot#planStream} and {@link RelayResnapshot#planSource} do
     */
    Found find(@Nullable Cursor cursor, @Nullable String stream, Options options) {
        if (stream != null) {
            return new Found(stream, List.of(step(cursor, stream, options)), null);
        }
        Cursor begun = begun(cursor);
        SourceLoss loss = begun.loss();
        if (loss == null) {
            return new Found(null, steps(begun, options), null);
        }
        requireNone(options);
        if (loss.server() == null) {
            throw new ConfigurationException("Which server it is that source '" + settings.source()
                    + "' would begin anew with has not been found out since its loss: a relay does so when it is started, and a"
                    + " running one within half a minute. Nothing was changed. The loss: " + loss.reason());
        }
        return new Found(null, List.of(), loss);
    }

    enum Kind {
        /** How it goes on is changed. */
        CHANGE {
            @Override
            String text(StreamEntry e, Options o) {
                return Boolean.TRUE.equals(o.paused())
                        ? "pause the snapshot of stream '" + e.stream() + "' where it is, until --resume lets it go on"
                                + o.limitText()
                        : "let the snapshot of stream '" + e.stream() + "' go on from where it is" + o.text();
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
                if (e.isOfEvents()) {
                    return "send again, with the same ids, the events of stream '" + e.stream() + "' ("
                            + e.status().text() + ") that the outbox table still has, into the topic '" + e.topic()
                            + "' that it has; what stands in the log alone is not sent again";
                }
                return "read the rows of stream '" + e.stream() + "' ("
                        + e.status().text()
                        + ") anew from the beginning, into the topic '" + e.topic() + "' that it has" + o.textAnew(e)
                        + "; what does not exist any more is published as deleted, and copies are not complete until then";
            }

            @Override
            void take(StreamEntry e, Options o, LedgerEdit edit) {
                edit.state().put(o.anew(e.readAnew(edit.state().boundary().position(), WHY)));
            }
        },
        /** Its topic is begun anew. */
        TOPIC {
            @Override
            String text(StreamEntry e, Options o) {
                return "delete the topic '" + e.topic() + "' with all its records, since it is what breaks stream '"
                        + e.stream()
                        + "', and begin the stream anew "
                        + (e.isOfEvents() ? "with what the outbox table still has" : "from its table")
                        + " if it is in a server's configuration";
            }

            @Override
            void take(StreamEntry e, Options o, LedgerEdit edit) {
                edit.removeStream(e);
            }
        };

        abstract String text(StreamEntry e, Options o);

        abstract void take(StreamEntry e, Options o, LedgerEdit edit);
    }

    /** What is done to a stream; its topic's id tells another one of the same name. */
    record Step(String stream, Kind kind, String topicId) {
        static Step of(StreamEntry entry, Kind kind) {
            return new Step(entry.stream(), kind, entry.topicId());
        }

        void take(LedgerEdit edit, Options options) {
            kind.take(Objects.requireNonNull(edit.state().stream(stream)), options, edit);
        }
    }

    private List<Step> steps(Cursor cursor, Options options) {
        // what only changes how snapshots go on begins none beside them
        boolean underWay = options.paused() != null
                || (options.maxRowsPerSecond() != null
                        && cursor.streams().values().stream().anyMatch(e -> e.status() == StreamStatus.SNAPSHOTTING));
        List<Step> steps = cursor.streams().values().stream()
                .filter(e -> e.status() != StreamStatus.STOPPED)
                // events that were sent are not sent again unless somebody says so of their stream
                .filter(e -> !e.isOfEvents() || e.status() == StreamStatus.BROKEN)
                .filter(e -> !underWay || e.status() == StreamStatus.SNAPSHOTTING)
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
            return Step.of(entry, Kind.CHANGE);
        }
        if (entry.mending() != Mending.TOPIC) {
            return Step.of(entry, Kind.ROWS);
        }
        if (options.maxRowsPerSecond() != null) {
            throw new ConfigurationException(
                    "Stream '" + stream + "' is begun anew with its topic, so that a limit has to"
                            + " stand in the file: sources." + settings.source()
                            + ".limits.snapshot-max-rows-per-second; nothing was changed");
        }
        return Step.of(entry, Kind.TOPIC);
    }

    /** Returns what will be done, one action a line. */
    List<String> describe(@Nullable Cursor cursor, Found found, Options options) {
        SourceLoss loss = found.loss();
        return loss == null ? describe(begun(cursor), found.steps(), options) : describe(loss);
    }

    private List<String> describe(Cursor cursor, List<Step> steps, Options options) {
        List<String> actions = new ArrayList<>();
        steps.forEach(s -> actions.add(
                s.kind().text(Objects.requireNonNull(cursor.streams().get(s.stream())), options)));
        actions.add("write so into the ledger '" + settings.ledger() + "'; a running relay pauses for some seconds");
        return actions;
    }

    private List<String> describe(SourceLoss loss) {
        return List.of(
                "begin source '" + settings.source() + "' anew with a new replication slot, and read all its tables"
                        + " anew into the topics that they have; what does not exist any more is published as deleted",
                "take the server that was found at sources." + settings.source() + ".url (" + loss.server()
                        + ") as the right one, although: " + loss.reason());
    }

    private void requireNone(Options options) {
        if (!options.equals(Options.NONE)) {
            throw new ConfigurationException("Source '" + settings.source()
                    + "' has to begin anew, so no snapshot is under way: without options it does; a limit may stand in the"
                    + " file before, sources." + settings.source()
                    + ".limits.snapshot-max-rows-per-second. Nothing was changed");
        }
    }

    private Cursor begun(@Nullable Cursor cursor) {
        if (cursor == null) {
            throw notBegun();
        }
        return cursor;
    }

    ConfigurationException notBegun() {
        return new ConfigurationException("The ledger '" + settings.ledger() + "' of source '" + settings.source()
                + "' has no streams yet: nothing was changed");
    }

    ConfigurationException unknown(String stream) {
        return new ConfigurationException(
                "The ledger '" + settings.ledger() + "' knows no stream '" + stream + "': nothing was changed");
    }
}
