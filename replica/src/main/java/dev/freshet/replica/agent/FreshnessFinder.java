package dev.freshet.replica.agent;

import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.state.Owned;
import dev.freshet.replica.state.StreamRow;
import dev.freshet.replica.state.StreamRows;
import dev.freshet.stream.CopyProgress;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
import dev.freshet.stream.TopicFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds how fresh the copy of one source's streams is, from the rows of one report, within its transaction; asks for a new
 * fill where only that helps.
 */
final class FreshnessFinder {
    private final ReplicaConfig config;
    private final Progress progress;
    private final StreamRows streams;
    private final Connection db;
    private final List<StreamRow> rows;
    private final List<Owned> partitions;
    private final Instant now;
    private final List<String> refilled = new ArrayList<>();

    /**
     * Creates a finder for one report.
     *
     * @param db the report's connection; its transaction holds the lock of the copy's freshness rows
     * @param rows the stream rows, read under that lock
     * @param partitions the position rows, read under that lock
     */
    FreshnessFinder(
            ReplicaConfig config,
            Progress progress,
            StreamRows streams,
            Connection db,
            List<StreamRow> rows,
            List<Owned> partitions,
            Instant now) {
        this.config = config;
        this.progress = progress;
        this.streams = streams;
        this.db = db;
        this.rows = rows;
        this.partitions = partitions;
        this.now = now;
    }

    /** Returns the streams for which a new fill was asked; the owners of their partitions are to be fenced afterwards. */
    List<String> refilled() {
        return refilled;
    }

    Freshness find(SourceWatch watch) throws SQLException {
        Map<String, OffsetVector> at = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Instant stored = now;
        NotComplete own = null;
        long fills = 0;
        for (StreamRow row : rows) {
            if (!watch.topics().contains(row.topic())) {
                continue;
            }
            fills += row.fill();
            ids.put(row.topic(), row.topicId());
            at.put(row.topic(), vector(row.stream()));
            if (!row.filled() || row.atEnd() == null) {
                own = new NotComplete(NotComplete.Cause.FILLING, filling(row));
                if (progress.state() == ReplicaStatus.State.RUNNING) {
                    progress.prepareAgain();
                }
            } else if (row.atEnd().isBefore(stored)) {
                stored = row.atEnd();
            }
        }
        watch.topics().forEach(t -> ids.putIfAbsent(t, ""));
        if (own == null) {
            own = stopped();
        }
        if (own == null || own.cause() != NotComplete.Cause.FILLING) {
            if (watch.passed(at, stored, fills, now)) {
                store(watch, watch.caughtUpAt(stored));
            }
            stored = watch.caughtUpAt(stored);
        }
        CopyProgress copy = new CopyProgress(at, watch.ends(), ids, watch.facts(), stored);
        Freshness f = Freshness.of(watch.ledger().view(), copy, config.limits().ledgerLimit(), now);
        NotComplete why = f.why();
        if (own != null) {
            return f.withheld(own);
        }
        if (why != null && mustRefill(why)) {
            refill(watch, why);
        }
        return f;
    }

    private String filling(StreamRow row) {
        String reason = progress.reason();
        return "The table of stream '" + row.stream() + "' is being filled"
                + (row.refill() == null ? "" : " anew: " + row.refill())
                + (reason == null || progress.state() == ReplicaStatus.State.WAITING ? "" : " (" + reason + ")");
    }

    private @Nullable NotComplete stopped() {
        List<String> reasons = new ArrayList<>();
        for (Owned o : partitions) {
            if (o.stopped() != null) {
                reasons.add(o.stopped());
            }
        }
        if (reasons.isEmpty() && progress.state() == ReplicaStatus.State.STOPPED && progress.reason() != null) {
            reasons.add(progress.reason());
        }
        return reasons.isEmpty() ? null : new NotComplete(NotComplete.Cause.COPY_STOPPED, String.join("; ", reasons));
    }

    private OffsetVector vector(String stream) {
        return OffsetVector.of(partitions.stream()
                .filter(p -> p.stream().equals(stream))
                .mapToLong(Owned::nextOffset)
                .toArray());
    }

    private void store(SourceWatch watch, Instant atEnd) throws SQLException {
        for (StreamRow row : rows) {
            if (watch.topics().contains(row.topic())) {
                streams.atEnd(db, row.stream(), row.fill(), atEnd);
            }
        }
    }

    private static boolean mustRefill(NotComplete why) {
        return why.cause() == NotComplete.Cause.AWAY_TOO_LONG || why.cause() == NotComplete.Cause.TOPIC_CHANGED;
    }

    /** The flag is cleared in the transaction that asks for the fill, and so before it begins. */
    private void refill(SourceWatch watch, NotComplete why) throws SQLException {
        for (StreamRow row : rows) {
            TopicFacts facts = watch.facts().get(row.topic());
            boolean concerned = why.cause() == NotComplete.Cause.AWAY_TOO_LONG
                    || (facts != null && !facts.topicId().equals(row.topicId()))
                    || (facts != null && repartitioned(watch, row, facts));
            if (watch.topics().contains(row.topic())
                    && row.filled()
                    && concerned
                    && streams.refill(db, row.stream(), row.fill(), why.text())) {
                refilled.add(row.stream());
            }
        }
    }

    /** Whether the topic has other partitions than the copy was filled with, and the relay writes to all of them. */
    private boolean repartitioned(SourceWatch watch, StreamRow row, TopicFacts facts) {
        return facts.partitions() != vector(row.stream()).partitions()
                && watch.ledger()
                        .view()
                        .streamOfTopic(row.topic())
                        .filter(e -> e.topicId().equals(facts.topicId()) && e.partitions() == facts.partitions())
                        .isPresent();
    }
}
