package dev.freshet.replica.fill;

import dev.freshet.model.DurationText;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Op;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a fill reads its topic. The end vector is taken at the start, and again while the stream's own snapshot is under
 * way, so that its rows are copied and not applied one by one. Belongs to one thread.
 */
final class TopicEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TopicEnd.class);

    /** While nothing comes the topic is looked at that often. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String replica;
    private final StreamTarget target;
    private final StreamReader reader;
    private final InstantSource clock;
    private final SchemaSource ledger;
    private final Instant startedAt;
    private final TopicFacts facts;
    private final SnapshotFollow follow;
    private OffsetVector ends;
    private Instant lastLook;

    private TopicEnd(
            String replica,
            StreamTarget target,
            StreamReader reader,
            InstantSource clock,
            SchemaSource ledger,
            Instant startedAt,
            TopicFacts facts,
            SnapshotFollow follow,
            OffsetVector ends) {
        this.replica = replica;
        this.target = target;
        this.reader = reader;
        this.clock = clock;
        this.ledger = ledger;
        this.startedAt = startedAt;
        this.facts = facts;
        this.follow = follow;
        this.ends = ends;
        this.lastLook = startedAt;
    }

    /**
     * Finds the end for a fill that starts now.
     *
     * @param followUntil until when it may go on with a snapshot that is under way; asked again and again
     * @throws FillException if there is no topic, or its stream waits to be mended
     * @throws RetriableException if it is not the one that the relay writes to, which may pass by itself
     */
    static TopicEnd find(
            ReplicaConfig config,
            StreamTarget target,
            StreamReader reader,
            InstantSource clock,
            SchemaSource ledger,
            Supplier<Instant> followUntil) {
        Instant startedAt = clock.instant();
        TopicFacts facts = reader.describe(Set.of(target.topic())).get(target.topic());
        if (facts == null) {
            throw new FillException("Topic '" + target.topic() + "' does not exist (any more); the fill of "
                    + target.table() + " waits for it"
                    + ledger.trouble(target.topic()).map(t -> ". " + t).orElse(""));
        }
        String written = ledger.topicId(target.topic()).orElse(null);
        if (!facts.topicId().equals(written)) {
            throw notWrittenTo(target, facts.topicId(), written, ledger.trouble(target.topic()));
        }
        OffsetVector ends = reader.endOffsets(Set.of(target.topic())).get(target.topic());
        if (ends == null) {
            throw new FillException("Topic '" + target.topic() + "' has no end offsets; the fill waits for it");
        }
        SnapshotFollow follow =
                new SnapshotFollow(startedAt, followUntil, config.limits().snapshotPatience(), facts.awayLimit());
        return new TopicEnd(config.name(), target, reader, clock, ledger, startedAt, facts, follow, ends);
    }

    /** The table keeps its rows; what only a person can mend is not asked for as often as what passes. */
    private static FreshetException notWrittenTo(
            StreamTarget target, String id, @Nullable String written, Optional<String> trouble) {
        String told = (written == null
                        ? "The ledger names no stream with the topic '" + target.topic() + "'"
                        : "Topic '" + target.topic() + "' was made again: it has the id " + id
                                + ", and the ledger speaks of the id " + written)
                + ". " + target.table() + " is not filled until the relay writes to that topic"
                + trouble.map(t -> ". " + t).orElse("");
        return trouble.isPresent() ? new FillException(told) : new RetriableException(told);
    }

    Instant startedAt() {
        return startedAt;
    }

    int partitions() {
        return facts.partitions();
    }

    String topicId() {
        return facts.topicId();
    }

    OffsetVector ends() {
        return ends;
    }

    /** Takes note of a record that was read. */
    void read(StreamRecord r, Instant now) {
        if (r.op() == Op.READ) {
            follow.row(now);
        }
    }

    /** Returns whether all that is to be read was read; moves the end on as long as the snapshot is to be followed. */
    boolean isReached() {
        return atEnd() && !follows();
    }

    private boolean atEnd() {
        for (int p = 0; p < ends.partitions(); p++) {
            if (reader.position(new Partition(target.topic(), p)) < ends.offset(p)) {
                return false;
            }
        }
        return true;
    }

    private boolean follows() {
        boolean snapshotting = ledger.isSnapshotting(target.topic());
        if (!follow.goesOn(clock.instant(), snapshotting)) {
            if (snapshotting) {
                LOG.info(
                        "Replica '{}' does not wait for the rest of the snapshot of stream '{}': it is applied as it comes",
                        replica,
                        target.stream());
            }
            return false;
        }
        OffsetVector newest = reader.endOffsets(Set.of(target.topic())).get(target.topic());
        if (newest != null && newest.partitions() == ends.partitions()) {
            ends = newest;
        }
        return snapshotting || !atEnd();
    }

    /**
     * Checks that what was read is all.
     *
     * @throws FillException if the topic is another one now, or compaction may have taken something
     */
    void require() {
        requireSameTopic();
        Duration took = Duration.between(startedAt, clock.instant());
        if (took.compareTo(facts.awayLimit()) >= 0) {
            throw new FillException("The fill of " + target.table() + " took " + DurationText.of(took)
                    + ", longer than topic '" + target.topic() + "' keeps what it compacts (min.compaction.lag.ms "
                    + DurationText.of(facts.minCompactionLag()) + ", delete.retention.ms "
                    + DurationText.of(facts.deleteRetention())
                    + "): it begins again; raise the shorter of the two settings on the topic");
        }
    }

    /** Looks at the topic, now and then: the end of one that was made again may be below the one that the fill reads to. */
    void look() {
        Instant now = clock.instant();
        if (!now.isBefore(lastLook.plus(LOOK))) {
            lastLook = now;
            requireSameTopic();
        }
    }

    private void requireSameTopic() {
        TopicFacts now = reader.describe(Set.of(target.topic())).get(target.topic());
        if (now == null || !now.topicId().equals(facts.topicId()) || now.partitions() != facts.partitions()) {
            throw new FillException("Topic '" + target.topic() + "' was made again or changed its partitions while "
                    + target.table() + " was filled from it: the fill begins again");
        }
    }
}
