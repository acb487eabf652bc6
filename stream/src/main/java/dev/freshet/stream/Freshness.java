package dev.freshet.stream;

import dev.freshet.model.DurationText;
import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a copy of streams of one source is, and whether it is complete or why not.
 *
 * <p>{@code complete} means: at {@code at} it was proven that the copy has every change that the source committed up to
 * {@code completeTo}. Whoever tells it on clears it first and repairs afterwards (the protocol's I3).
 *
 * @param complete whether the copy is complete
 * @param why why it is not, or null if it is
 * @param position the newest boundary that the copy has passed, or null
 * @param completeTo the time by the source's clock to which it has everything, or null if unknown; it holds also where
 *     {@code complete} is false
 * @param changesBehind the sum over the partitions of the log's end minus the copy's position, none below 0: an upper bound,
 *     since transaction markers and offsets whose record was compacted away count too
 * @param state where the copy stands in the source's history, for tokens; null before the ledger has been read
 * @param at when this was found, by this process's clock
 */
public record Freshness(
        boolean complete,
        @Nullable NotComplete why,
        @Nullable Position position,
        @Nullable Instant completeTo,
        long changesBehind,
        @Nullable CopyState state,
        Instant at) {
    /** Rejects a contradiction between the flag and its reason. */
    public Freshness {
        Objects.requireNonNull(at, "at");
        if (complete == (why != null)) {
            throw new IllegalArgumentException("A copy that is " + (complete ? "" : "not ") + "complete has "
                    + (why == null ? "no reason" : "the reason " + why));
        }
        if (changesBehind < 0) {
            throw new IllegalArgumentException("A copy cannot be " + changesBehind + " changes behind");
        }
    }

    /**
     * Finds how fresh a copy is, without input or output.
     *
     * @param view the ledger of the copy's source
     * @param copy what the copy knows of itself
     * @param ledgerLimit after how long without a cursor the ledger counts as stale, above zero
     * @param now the time
     */
    public static Freshness of(LedgerView view, CopyProgress copy, Duration ledgerLimit, Instant now) {
        // the view's own lock: all that follows is of one cursor
        synchronized (view) {
            return find(view, copy, ledgerLimit, now);
        }
    }

    private static Freshness find(LedgerView view, CopyProgress copy, Duration ledgerLimit, Instant now) {
        long behind = OffsetVectors.behind(copy.positions(), copy.ends());
        Optional<Cursor> cursor = view.cursor();
        if (cursor.isEmpty()) {
            NotComplete why = new NotComplete(
                    NotComplete.Cause.NO_LEDGER,
                    "The ledger '" + view.ledger() + "' has no cursor yet: is the relay running?");
            return new Freshness(false, why, null, null, behind, null, now);
        }
        NotComplete why = notTrustworthy(view, copy, now);
        Boundary reached = null;
        if (why == null) {
            reached = view.reached(copy.positions(), copy.names()).orElse(null);
            why = notComplete(view, copy, reached, ledgerLimit, now);
        }
        if (why != null && !why.cause().positionHolds()) {
            reached = null;
        }
        return new Freshness(
                why == null,
                why,
                reached == null ? null : reached.position(),
                reached == null ? null : reached.completeTo(),
                behind,
                view.copyState(reached, copy.names()).orElse(null),
                now);
    }

    /** What makes every comparison with the ledger's offsets meaningless. */
    private static @Nullable NotComplete notTrustworthy(LedgerView view, CopyProgress copy, Instant now) {
        for (String topic : new TreeSet<>(copy.names())) {
            Optional<StreamEntry> entry = view.streamOfTopic(topic);
            if (entry.isEmpty()) {
                return new NotComplete(NotComplete.Cause.UNKNOWN_STREAM, Reasons.unknown(view, topic));
            }
            NotComplete why = topicChanged(topic, entry.get(), copy);
            if (why == null) {
                why = awayTooLong(topic, copy, now);
            }
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    private static @Nullable NotComplete topicChanged(String topic, StreamEntry entry, CopyProgress copy) {
        TopicFacts facts = copy.topics().get(topic);
        String filledFrom = copy.topicIds().get(topic);
        String problem;
        if (facts == null) {
            problem = "is gone";
        } else if (!facts.topicId().equals(filledFrom)) {
            problem = "was made again: the copy was filled from the topic id " + filledFrom + ", it now has "
                    + facts.topicId();
        } else if (!facts.topicId().equals(entry.topicId())) {
            problem = "was made again: the ledger speaks of the topic id " + entry.topicId() + ", it now has "
                    + facts.topicId();
        } else {
            return partitionsChanged(topic, facts, entry, copy);
        }
        String trouble = entry.trouble();
        return new NotComplete(
                NotComplete.Cause.TOPIC_CHANGED,
                "The topic '" + topic + "' " + problem + "; the copy must be filled anew once stream '" + entry.stream()
                        + "' is running" + (trouble == null ? "" : ". " + trouble));
    }

    private static @Nullable NotComplete partitionsChanged(
            String topic, TopicFacts facts, StreamEntry entry, CopyProgress copy) {
        OffsetVector at = copy.positions().get(topic);
        int filled = at == null || at.partitions() == 0 ? facts.partitions() : at.partitions();
        int now = facts.partitions();
        if (now == filled && now == entry.partitions()) {
            return null;
        }
        String told = "The topic '" + topic + "' has " + now + (now == 1 ? " partition" : " partitions")
                + ", the copy was filled with " + filled;
        if (now == entry.partitions()) {
            return new NotComplete(NotComplete.Cause.TOPIC_CHANGED, told + ", and is filled anew");
        }
        return new NotComplete(
                NotComplete.Cause.TOPIC_CHANGED,
                told + ", and the ledger speaks of " + entry.partitions()
                        + ". The stream must be captured anew: set streams." + entry.stream() + ".partitions of its"
                        + " source to " + now + ", remove the stream ('freshet remove stream " + entry.stream()
                        + "') and start the relay again. Then the copy is filled anew by itself; until then it can be"
                        + " read, is not complete, and takes nothing from partitions that it was not filled with");
    }

    private static @Nullable NotComplete awayTooLong(String topic, CopyProgress copy, Instant now) {
        TopicFacts facts = Objects.requireNonNull(copy.topics().get(topic));
        if (Duration.between(copy.caughtUpAt(), now).compareTo(facts.awayLimit()) < 0) {
            return null;
        }
        boolean lag = facts.minCompactionLag().compareTo(facts.deleteRetention()) <= 0;
        return new NotComplete(
                NotComplete.Cause.AWAY_TOO_LONG,
                "The copy was last at the end of topic '" + topic + "' at " + copy.caughtUpAt() + ", longer ago than "
                        + (lag ? "min.compaction.lag.ms" : "delete.retention.ms") + " ("
                        + DurationText.of(facts.awayLimit())
                        + "): compaction may have taken what it has not seen; it must be filled anew. If that takes"
                        + " too long as well, raise the setting on the topic");
    }

    private static @Nullable NotComplete notComplete(
            LedgerView view, CopyProgress copy, @Nullable Boundary reached, Duration ledgerLimit, Instant now) {
        List<StreamEntry> notRunning = new TreeSet<>(copy.names())
                .stream()
                        .map(topic -> view.streamOfTopic(topic).orElseThrow())
                        .filter(entry -> entry.status() != StreamStatus.RUNNING)
                        .toList();
        if (!notRunning.isEmpty()) {
            return new NotComplete(cause(notRunning.get(0).status()), Reasons.notAllRunning(notRunning));
        }
        if (reached == null) {
            return new NotComplete(
                    NotComplete.Cause.NO_BOUNDARY,
                    "The copy has not passed a boundary of the ledger '" + view.ledger()
                            + "' since its streams are running");
        }
        Duration silent = Duration.between(view.cursorSeenAt().orElse(now), now);
        if (silent.compareTo(ledgerLimit) > 0) {
            return new NotComplete(
                    NotComplete.Cause.LEDGER_STALE,
                    "The relay has written nothing into the ledger '" + view.ledger() + "' for " + silent.toSeconds()
                            + " s (limit " + ledgerLimit.toSeconds() + " s): is it running?");
        }
        return null;
    }

    private static NotComplete.Cause cause(StreamStatus status) {
        return switch (status) {
            case SNAPSHOTTING -> NotComplete.Cause.SNAPSHOTTING;
            case BROKEN -> NotComplete.Cause.BROKEN;
            case STOPPED -> NotComplete.Cause.STOPPED;
            case RUNNING -> throw new IllegalArgumentException("A running stream is complete");
        };
    }

    /**
     * Returns this, not complete for a reason of the copy's own. Where the reason leaves its position unproven, position
     * and time go too; where the copy has stopped, tokens that it has not reached fail with the reason.
     */
    public Freshness withheld(NotComplete reason) {
        boolean holds =
                reason.cause().positionHolds() && (why == null || why.cause().positionHolds());
        CopyState told = state;
        if (told != null) {
            if (!holds) {
                told = new CopyState(
                        told.source(),
                        told.system(),
                        told.timeline(),
                        told.switches(),
                        told.epoch(),
                        null,
                        told.failure());
            }
            if (reason.cause() == NotComplete.Cause.COPY_STOPPED) {
                told = told.failed(reason.text());
            }
        }
        return new Freshness(
                false, reason, holds ? position : null, holds ? completeTo : null, changesBehind, told, at);
    }

    /** Returns how old the copy may be: {@code at} minus {@code completeTo}, not below zero; empty if unknown. */
    public Optional<Duration> age() {
        if (completeTo == null) {
            return Optional.empty();
        }
        Duration age = Duration.between(completeTo, at);
        return Optional.of(age.isNegative() ? Duration.ZERO : age);
    }
}
