package dev.freshet.stream;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the topics for boundaries to be claimed from them: they are those from which the copy was filled, and
 * were read in time. Belongs to one thread.
 */
final class TopicWatch {
    private static final Duration LEDGER_LIMIT = Duration.ofDays(36_500);

    private final StreamReader reader;
    private final LedgerView view;
    private final Map<String, String> topicIds;
    private final LogEnd read;
    private Map<String, TopicFacts> facts;
    private Instant nextLook = Instant.MIN;

    private TopicWatch(
            StreamReader reader,
            LedgerView view,
            Map<String, String> topicIds,
            Map<String, TopicFacts> facts,
            Instant atEnd) {
        this.reader = reader;
        this.view = view;
        this.topicIds = topicIds;
        this.facts = facts;
        Duration limit = facts.values().stream()
                .map(TopicFacts::awayLimit)
                .min(Duration::compareTo)
                .orElseThrow();
        this.read = new LogEnd(atEnd, limit);
    }

    /** Begins with what a copy has stored. */
    static TopicWatch begin(StreamReader reader, LedgerView view, Set<String> topics, BoundaryState from, Instant now) {
        if (!from.isNone() && !from.topicIds().keySet().equals(topics)) {
            throw new ConfigurationException("The copy is one of the topics "
                    + new TreeSet<>(from.topicIds().keySet())
                    + ", but " + new TreeSet<>(topics)
                    + " are to be read: fill it anew, since topics whose records it does"
                    + " not have cannot be joined at a boundary");
        }
        Map<String, TopicFacts> facts = reader.describe(topics);
        for (String topic : new TreeSet<>(topics)) {
            if (!facts.containsKey(topic)) {
                throw new RetriableException("Topic '" + topic + "' does not exist (any more), or this client may not"
                        + " describe it; its copy waits for it");
            }
        }
        Map<String, String> ids = new HashMap<>(from.topicIds());
        facts.forEach((topic, f) -> ids.putIfAbsent(topic, f.topicId()));
        TopicWatch watch = new TopicWatch(reader, view, Map.copyOf(ids), facts, from.isNone() ? now : from.atEnd());
        Map<String, OffsetVector> at = OffsetVectors.of(from.offsets());
        if (!from.isNone()) {
            watch.refuse(watch.freshness(at, now));
        }
        return watch;
    }

    /** Returns all partitions. */
    List<Partition> partitions() {
        List<Partition> all = new ArrayList<>();
        facts.forEach((topic, f) -> {
            for (int p = 0; p < f.partitions(); p++) {
                all.add(new Partition(topic, p));
            }
        });
        return all;
    }

    boolean isDue(Instant now, Duration interval) {
        if (now.isBefore(nextLook)) {
            return false;
        }
        nextLook = now.plus(interval);
        return true;
    }

    /**
     * Asks the brokers.
     *
     * @param now a time before they are asked
     * @param at up to where was read
     * @return why no boundary counts for now, or null
     * @throws RefillException if none will count any more for this copy
     */
    @Nullable
    String look(Instant now, Map<String, OffsetVector> at) {
        facts = reader.describe(topicIds.keySet());
        if (facts.isEmpty()) {
            return "The topics " + new TreeSet<>(topicIds.keySet()) + " are gone";
        }
        Map<String, OffsetVector> ends = reader.endOffsets(facts.keySet());
        if (facts.size() == topicIds.size()) {
            read.sampled(now, ends);
            read.passed(at, now);
        }
        NotComplete why = freshness(at, now);
        refuse(why);
        return why == null || why.cause() == NotComplete.Cause.NO_BOUNDARY ? null : why.text();
    }

    private @Nullable NotComplete freshness(Map<String, OffsetVector> at, Instant now) {
        return Freshness.of(view, new CopyProgress(at, Map.of(), topicIds, facts, read.at()), LEDGER_LIMIT, now)
                .why();
    }

    private void refuse(@Nullable NotComplete why) {
        if (why == null) {
            return;
        }
        if (why.cause() == NotComplete.Cause.AWAY_TOO_LONG
                || (why.cause() == NotComplete.Cause.TOPIC_CHANGED && isWhatLedgerSays())) {
            throw new RefillException(why.text(), null);
        }
    }

    /** Whether the topics are those of which the ledger speaks, so that the copy can be filled from them. */
    private boolean isWhatLedgerSays() {
        for (String topic : topicIds.keySet()) {
            TopicFacts f = facts.get(topic);
            StreamEntry e = view.streamOfTopic(topic).orElse(null);
            if (f == null || e == null || !e.topicId().equals(f.topicId()) || e.partitions() != f.partitions()) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the topics were, when last looked at, those from which the copy was filled. */
    boolean isSame() {
        return topicIds.entrySet().stream().allMatch(e -> {
            TopicFacts f = facts.get(e.getKey());
            return f != null && f.topicId().equals(e.getValue());
        });
    }

    /** Returns whether the ledger speaks of the topics from which the copy was filled. */
    boolean isAsFilled(LedgerView now) {
        return topicIds.entrySet().stream().allMatch(e -> now.streamOfTopic(e.getKey())
                .filter(entry -> entry.topicId().equals(e.getValue()))
                .isPresent());
    }

    /** Tells up to where was read. */
    void read(Map<String, OffsetVector> at, Instant now) {
        read.passed(at, now);
    }

    /** Refuses to claim a boundary where versions between may be gone. */
    void requireNotAway(Instant now) {
        if (read.expired(now)) {
            throw new RefillException(
                    "The topics " + new TreeSet<>(topicIds.keySet()) + " were last read to their end at " + read.at()
                            + ", longer ago than the shorter of min.compaction.lag.ms and delete.retention.ms: versions of"
                            + " rows between two boundaries may be gone, and the copy must be filled anew. If that takes"
                            + " too long as well, raise the setting on the topics",
                    null);
        }
    }

    /**
     * Returns what a copy stores that has had everything below the offsets.
     *
     * @param oldestAhead when the oldest record was appended that was read and not handed over, or null
     */
    BoundaryState handed(Map<Partition, Long> offsets, Map<Partition, Position> seen, @Nullable Instant oldestAhead) {
        Instant atEnd = oldestAhead != null && oldestAhead.isBefore(read.at()) ? oldestAhead : read.at();
        return new BoundaryState(offsets, seen, topicIds, atEnd);
    }
}
