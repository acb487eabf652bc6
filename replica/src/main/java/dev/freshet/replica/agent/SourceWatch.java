package dev.freshet.replica.agent;

import dev.freshet.model.LossException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LogEnd;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.TopicAnswers;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one source's topics: what the brokers said last, and when the copy was last at their end. */
final class SourceWatch {
    /** As long as no topic is known to compact sooner. */
    private static final Duration UNKNOWN_LIMIT = Duration.ofDays(1);

    private final String source;
    private final LedgerReader ledger;
    private final String ledgerId;
    private final Set<String> topics;
    private final Instant begunAt;
    private final TrustedOffsets trusted = new TrustedOffsets();
    private Map<String, OffsetVector> ends = Map.of();
    private Map<String, TopicFacts> facts = Map.of();
    private Set<String> followed = Set.of();
    private @Nullable Instant askedAt;
    private @Nullable LogEnd logEnd;
    private long fills;

    /**
     * Creates the watch.
     *
     * @param ledgerId the id of the topic from which the ledger is read
     * @param begunAt the time
     */
    SourceWatch(String source, LedgerReader ledger, String ledgerId, Set<String> topics, Instant begunAt) {
        this.source = source;
        this.ledger = ledger;
        this.ledgerId = ledgerId;
        this.topics = Set.copyOf(topics);
        this.begunAt = begunAt;
    }

    /**
     * Asks the brokers.
     *
     * @param now a time before they are asked
     * @return the ids of the topics that exist
     * @throws LossException if the ledger was made again: one that is longer than what was read of the old one would
     *     otherwise be read on in its midst
     */
    Map<String, String> ask(StreamReader questions, Instant now) {
        String name = ledger.view().ledger();
        TopicAnswers answers = questions.describe(topics, Set.of(name));
        String id = answers.ids().get(name);
        if (id != null && !id.equals(ledgerId)) {
            throw new LossException(
                    "The ledger '" + name + "' was made again: it was read from the topic id " + ledgerId
                            + ", it now has " + id
                            + ". Nothing is told complete by the old one; the new one is read"
                            + " from its beginning, and copies of topics that were made again are filled anew");
        }
        facts = answers.facts();
        ends = facts.isEmpty() ? Map.of() : questions.endOffsets(facts.keySet());
        askedAt = now;
        if (logEnd != null) {
            logEnd.sampled(now, ofFollowed(ends));
        }
        return answers.ids();
    }

    private Map<String, OffsetVector> ofFollowed(Map<String, OffsetVector> all) {
        Map<String, OffsetVector> some = new HashMap<>(all);
        some.keySet().retainAll(followed);
        return some;
    }

    String source() {
        return source;
    }

    LedgerReader ledger() {
        return ledger;
    }

    /** Returns the replica's topics of this source. */
    Set<String> topics() {
        return topics;
    }

    /** Returns since when the source is watched. */
    Instant begunAt() {
        return begunAt;
    }

    /** Returns which offsets of the copy's rows count. */
    TrustedOffsets trusted() {
        return trusted;
    }

    /** Returns the logs' ends by topic, as the brokers said last. */
    Map<String, OffsetVector> ends() {
        return ends;
    }

    /** Returns the topics that exist, as the brokers described them last. */
    Map<String, TopicFacts> facts() {
        return facts;
    }

    /**
     * Tells the positions that the copy has committed.
     *
     * @param at by topic, of those whose tables are filled; others are not looked for at the logs' end
     * @param stored when the copy was last at the end, as it is stored
     * @param filled a number that changes with each fill
     * @return whether {@link #caughtUpAt} has moved on so far that it is to be stored
     */
    boolean passed(Map<String, OffsetVector> at, Instant stored, long filled, Instant now) {
        Duration limit = facts.values().stream()
                .map(TopicFacts::awayLimit)
                .min(Duration::compareTo)
                .orElse(UNKNOWN_LIMIT);
        LogEnd end = logEnd;
        if (end == null || fills != filled || !followed.equals(at.keySet()) || stored.isAfter(end.at())) {
            end = new LogEnd(stored, limit);
            logEnd = end;
            fills = filled;
            followed = Set.copyOf(at.keySet());
            if (askedAt != null) {
                end.sampled(askedAt, ofFollowed(ends));
            }
        }
        return end.passed(at, now) && Duration.between(stored, end.at()).compareTo(limit.dividedBy(100)) > 0;
    }

    /** Returns whether the copy has been at the logs' end as it was at the time, or later. */
    boolean wasAtEndOf(Instant time) {
        return logEnd != null
                && !followed.isEmpty()
                && ends.keySet().containsAll(followed)
                && !logEnd.at().isBefore(time);
    }

    /** Returns when the copy was last at the logs' end; given that time as it is stored if nothing is known yet. */
    Instant caughtUpAt(Instant stored) {
        return logEnd == null ? stored : logEnd.at();
    }
}
