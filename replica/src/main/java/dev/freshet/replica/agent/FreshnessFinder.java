package dev.freshet.replica.agent;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.ParkedStream;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.StreamRows;
import dev.freshet.stream.CopyProgress;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
import dev.freshet.stream.TopicFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds how fresh the copy of one source's streams is, from the rows of one report, within its transaction; asks for a new
 * fill where only that helps.
 */
final class FreshnessFinder {
    private final ReplicaConfig config;
    private final Progress progress;
    private final StreamRows streams;
    private final List<StreamRow> rows;
    private final List<Owned> partitions;
    private final List<ParkedStream> parked;
    private final List<String> missing;
    private final Instant now;
    private final List<String> refilled = new ArrayList<>();
    private boolean allFilled = true;

    /**
     * Creates a finder for one report.
     *
     * @param streams the stream rows of the report's session, whose transaction holds the lock of the reports' rows
     * @param rows the stream rows, read under that lock
     * @param partitions the position rows, read under that lock
     * @param parked the parked keys, read under that lock
     * @param missing why streams of the replica, of whatever source, are missing
     */
    FreshnessFinder(
            ReplicaConfig config,
            Progress progress,
            StreamRows streams,
            List<StreamRow> rows,
            List<Owned> partitions,
            List<ParkedStream> parked,
            List<String> missing,
            Instant now) {
        this.config = config;
        this.progress = progress;
        this.streams = streams;
        this.rows = rows;
        this.partitions = partitions;
        this.parked = parked;
        this.missing = missing;
        this.now = now;
    }

    /** Returns the streams for which a new fill was asked; the owners of their partitions are to be fenced afterwards. */
    List<String> refilled() {
        return refilled;
    }

    /** Returns whether no stream is missing, and all of the sources that were looked at are filled. */
    boolean allFilled() {
        return allFilled;
    }

    /** Returns how fresh the copy of a source is; empty if the ledger has just begun to be read, and must be read further. */
    Optional<Freshness> find(SourceWatch watch) {
        Set<String> here = rows.stream()
                .filter(row -> watch.topics().contains(row.topic()))
                .map(StreamRow::stream)
                .collect(Collectors.toSet());
        List<Owned> ofHere =
                partitions.stream().filter(o -> here.contains(o.stream())).toList();
        Position written = watch.ledger().view().cursor().map(Cursor::write).orElse(Position.ZERO);
        boolean known = watch.trusted().learn(ofHere, written);
        boolean young = now.isBefore(watch.begunAt().plus(config.limits().freshnessInterval()));
        return known || !young ? Optional.of(findKnown(watch)) : Optional.empty();
    }

    private Freshness findKnown(SourceWatch watch) {
        Map<String, OffsetVector> at = new HashMap<>();
        Map<String, OffsetVector> filled = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Instant stored = now;
        List<String> filling = new ArrayList<>(missing);
        long fills = 0;
        for (StreamRow row : rows) {
            if (!watch.topics().contains(row.topic())) {
                continue;
            }
            fills += row.fill();
            ids.put(row.topic(), row.topicId());
            at.put(row.topic(), vector(watch, row.stream()));
            if (!row.filled() || row.atEnd() == null) {
                if (progress.applies()
                        && progress.toFill().stream().noneMatch(t -> t.stream().equals(row.stream()))) {
                    progress.prepareAgain();
                }
                filling.add(filling(row));
                continue;
            }
            filled.put(row.topic(), vector(watch, row.stream()));
            if (row.atEnd().isBefore(stored)) {
                stored = row.atEnd();
            }
        }
        watch.topics().forEach(t -> ids.putIfAbsent(t, ""));
        allFilled &= filling.isEmpty();
        if (!filled.isEmpty()) {
            if (watch.passed(filled, stored, fills, now)) {
                store(watch, watch.caughtUpAt(stored));
            }
            stored = watch.caughtUpAt(stored);
        }
        Freshness f = freshness(watch, at, ids, stored);
        List<String> stopped = stopped();
        List<String> parkedHere = parked(watch);
        if (!filling.isEmpty()) {
            // the streams that are filled are looked after all the same
            ids.keySet().retainAll(filled.keySet());
            filling.addAll(stopped);
            filling.addAll(parkedHere);
            if (!filled.isEmpty()) {
                Freshness ofFilled = freshness(watch, filled, ids, stored);
                refillIfNeeded(watch, ofFilled);
                filling.addAll(broken(ofFilled));
            }
            return f.withheld(new NotComplete(NotComplete.Cause.FILLING, String.join("; ", filling)));
        }
        if (stopped.isEmpty() && progress.state() == ReplicaStatus.State.STOPPED && progress.reason() != null) {
            stopped.add(progress.reason());
        }
        if (!parkedHere.isEmpty()) {
            if (stopped.isEmpty()) {
                refillIfNeeded(watch, f);
            }
            // unlike that of a copy that stands still, its position is not proven
            parkedHere.addAll(stopped);
            parkedHere.addAll(broken(f));
            return f.withheld(new NotComplete(NotComplete.Cause.PARKED, String.join("; ", parkedHere)));
        }
        if (!stopped.isEmpty()) {
            stopped.addAll(broken(f));
            return f.withheld(new NotComplete(NotComplete.Cause.COPY_STOPPED, String.join("; ", stopped)));
        }
        refillIfNeeded(watch, f);
        return f;
    }

    private Freshness freshness(
            SourceWatch watch, Map<String, OffsetVector> at, Map<String, String> ids, Instant stored) {
        CopyProgress copy = new CopyProgress(at, watch.ends(), ids, watch.facts(), stored);
        return Freshness.of(watch.ledger().view(), copy, config.limits().ledgerLimit(), now);
    }

    private String filling(StreamRow row) {
        String held = progress.held().get(row.stream());
        if (held != null) {
            return held;
        }
        String reason = progress.reason();
        return "The table of stream '" + row.stream() + "' is being filled"
                + (row.refill() == null ? "" : " anew: " + row.refill())
                + (reason == null || progress.state() == ReplicaStatus.State.WAITING ? "" : " (" + reason + ")");
    }

    private List<String> stopped() {
        List<String> filled =
                rows.stream().filter(StreamRow::filled).map(StreamRow::stream).toList();
        List<String> reasons = new ArrayList<>();
        for (Owned o : partitions) {
            if (o.stopped() != null && filled.contains(o.stream())) {
                reasons.add(o.stopped());
            }
        }
        return reasons;
    }

    private List<String> parked(SourceWatch watch) {
        List<String> reasons = new ArrayList<>();
        for (ParkedStream p : parked) {
            if (rows.stream()
                    .anyMatch(row -> row.stream().equals(p.stream())
                            && row.filled()
                            && watch.topics().contains(row.topic()))) {
                reasons.add(parked(p));
            }
        }
        return reasons;
    }

    private String parked(ParkedStream p) {
        DeadLetterSettings dead = config.deadLetters();
        return "Stream '" + p.stream() + "': " + p.keys() + (p.keys() == 1 ? " key is" : " keys are") + " parked since "
                + p.since().truncatedTo(ChronoUnit.SECONDS)
                + ", as the table refuses what came last (the oldest: " + p.oldest() + "). The records are in the"
                + " dead-letter topic" + (dead == null ? "" : " '" + dead.topic() + "'")
                + ". A key is mended by its next record that the table takes: change the table or the row's values,"
                + " and update the row at the source";
    }

    /** What is the matter at the source is not hidden by what is the matter here. */
    private static List<String> broken(Freshness f) {
        NotComplete why = f.why();
        return why != null && (why.cause() == NotComplete.Cause.BROKEN || why.cause() == NotComplete.Cause.STOPPED)
                ? List.of(why.text())
                : List.of();
    }

    private OffsetVector vector(SourceWatch watch, String stream) {
        return OffsetVector.of(partitions.stream()
                .filter(p -> p.stream().equals(stream))
                .mapToLong(watch.trusted()::of)
                .toArray());
    }

    private void store(SourceWatch watch, Instant atEnd) {
        for (StreamRow row : rows) {
            if (watch.topics().contains(row.topic())) {
                streams.atEnd(row.stream(), row.fill(), atEnd);
            }
        }
    }

    private void refillIfNeeded(SourceWatch watch, Freshness f) {
        NotComplete why = f.why();
        if (why != null
                && (why.cause() == NotComplete.Cause.AWAY_TOO_LONG || why.cause() == NotComplete.Cause.TOPIC_CHANGED)) {
            refill(watch, why);
        }
    }

    /** The flag is cleared in the transaction that asks for the fill, and so before it begins. */
    private void refill(SourceWatch watch, NotComplete why) {
        for (StreamRow row : rows) {
            TopicFacts facts = watch.facts().get(row.topic());
            boolean concerned = why.cause() == NotComplete.Cause.AWAY_TOO_LONG
                    || (facts != null && !facts.topicId().equals(row.topicId()))
                    || (facts != null && repartitioned(watch, row, facts));
            if (watch.topics().contains(row.topic())
                    && row.filled()
                    && concerned
                    && streams.refill(row.stream(), row.fill(), why.text())) {
                refilled.add(row.stream());
            }
        }
    }

    /** Whether the topic has other partitions than the copy was filled with, and the relay writes to all of them. */
    private boolean repartitioned(SourceWatch watch, StreamRow row, TopicFacts facts) {
        return facts.partitions() != vector(watch, row.stream()).partitions()
                && watch.ledger()
                        .view()
                        .streamOfTopic(row.topic())
                        .filter(e -> e.topicId().equals(facts.topicId()) && e.partitions() == facts.partitions())
                        .isPresent();
    }
}
