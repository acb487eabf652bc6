package dev.freshet.replica.fill;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.KeyFilter;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.Partition;
import dev.freshet.stream.SeenPositions;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fill of one stream's table, from the lock of the stream's row to the commit that puts the new table in place.
 *
 * <p>It is one transaction of the consumer's database: the row's lock keeps every other filler waiting and goes when this
 * process or its connection dies, and the shadow with it. Rows whose key was surely not seen before go straight into the
 * shadow, the others in the order in which they came. The end vector is taken at the start, and again while the stream's own
 * snapshot is under way, so that its rows are copied and not applied one by one; what is read beyond it does no harm, since
 * the positions that are stored at the end are those that were reached.
 */
public final class StreamFill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFill.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** While nothing comes the topic is looked at that often. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** In each of so many parts of the time after which a session counts as frozen a fill says something to the server. */
    private static final int SIGNS_OF_LIFE = 4;

    /** A COPY takes so many batches' bytes; it costs a round trip to end one. */
    private static final long PIECE_BATCHES = 4;

    private final CopySession db;
    private final ReplicaConfig config;
    private final StreamTarget target;
    private final StreamReader reader;
    private final InstantSource clock;
    private final StreamRow row;
    private final TopicFacts facts;
    private OffsetVector ends;
    private final Instant startedAt;
    private final ShadowTable shadow;
    private final SchemaSource ledger;
    private final SnapshotFollow follow;
    private final SeenPositions seen = new SeenPositions();
    private final KeyFilter filter;
    private final Map<RecordKey, StreamRecord> later = new LinkedHashMap<>();
    private long copied;
    private long merged;
    private int pieceRows;
    private long pieceBytes;
    private int laterBytes;
    private Instant lastSign;
    private Instant lastLook;
    private @Nullable Swap swap;

    private StreamFill(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            StreamReader reader,
            InstantSource clock,
            StreamRow row,
            TopicFacts facts,
            OffsetVector ends,
            Instant startedAt,
            ShadowTable shadow,
            SchemaSource ledger,
            SnapshotFollow follow) {
        this.db = db;
        this.config = config;
        this.target = target;
        this.reader = reader;
        this.clock = clock;
        this.row = row;
        this.facts = facts;
        this.ends = ends;
        this.startedAt = startedAt;
        this.shadow = shadow;
        this.ledger = ledger;
        this.follow = follow;
        this.lastSign = startedAt;
        this.lastLook = startedAt;
        this.filter = new KeyFilter(config.limits().fillFilterBytes());
    }

    /**
     * Begins a fill, if it is needed and nobody else is at it.
     *
     * @param db a connection for this fill alone
     * @param schema the stream's newest schema record
     * @param ledger where the others come from, and the stream's state
     * @param reader a reader for this fill alone
     * @param followUntil until when it may go on with a snapshot that is under way; asked again and again
     * @return the fill, or null if another instance fills, or has filled
     * @throws ConfigurationException if the table does not fit, with everything that is wrong
     */
    public static @Nullable StreamFill begin(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            SchemaRecord schema,
            SchemaSource ledger,
            StreamReader reader,
            InstantSource clock,
            Supplier<Instant> followUntil) {
        StreamRow row = lockUnfilled(db, target);
        if (row != null && db.alterForFill(target, schema, row)) {
            row = lockUnfilled(db, target);
        }
        if (row == null) {
            return null;
        }
        ShadowTable shadow = db.shadow(target, schema, row, ledger);
        Instant startedAt = clock.instant();
        TopicFacts facts = reader.describe(Set.of(target.topic())).get(target.topic());
        if (facts == null) {
            throw new FillException("Topic '" + target.topic() + "' does not exist (any more); the fill of "
                    + target.table() + " waits for it"
                    + ledger.trouble(target.topic()).map(t -> ". " + t).orElse(""));
        }
        OffsetVector ends = reader.endOffsets(Set.of(target.topic())).get(target.topic());
        if (ends == null) {
            throw new FillException("Topic '" + target.topic() + "' has no end offsets; the fill waits for it");
        }
        SnapshotFollow follow =
                new SnapshotFollow(startedAt, followUntil, config.limits().snapshotPatience(), facts.awayLimit());
        StreamFill fill =
                new StreamFill(db, config, target, reader, clock, row, facts, ends, startedAt, shadow, ledger, follow);
        fill.assign();
        LOG.info(
                "Replica '{}' fills {} from topic '{}' up to {}{}",
                config.name(),
                target.table(),
                target.topic(),
                ends,
                shadow.dependents().isEmpty()
                        ? ""
                        : "; the rows will be moved into the table, not the table replaced, because of "
                                + shadow.dependents());
        return fill;
    }

    private static @Nullable StreamRow lockUnfilled(CopySession db, StreamTarget target) {
        StreamRow row = db.streams().lock(target.stream());
        if (row == null || row.filled()) {
            db.rollback();
            return null;
        }
        return row;
    }

    private void assign() {
        Map<Partition, Long> starts = new HashMap<>();
        for (int p = 0; p < facts.partitions(); p++) {
            Partition partition = new Partition(target.topic(), p);
            starts.put(partition, 0L);
            seen.start(partition, Position.ZERO);
        }
        reader.assign(starts);
    }

    /** Returns how many rows are in the shadow so far, those that may replace one another counted each. */
    public long rows() {
        return copied + merged + later.size();
    }

    /** Returns whether the new table is complete, and only to be put in place. */
    boolean isComplete() {
        return swap != null;
    }

    /**
     * Does a bounded piece: reads and copies some records, or ends the fill.
     *
     * @return how much was done, or -1 when the new table is in place
     * @throws RecordException if a record cannot be copied; as after all others the fill is over, and begins again later
     * @throws dev.freshet.stream.ForeignRecordException if no relay wrote a record
     * @throws FillException if the topic does not allow it to end
     */
    public int work() throws InterruptedException {
        if (swap != null) {
            if (swap(swap)) {
                return -1;
            }
            giveSign();
            return 0;
        }
        StreamBatch batch = reader.poll(POLL);
        Instant now = clock.instant();
        for (StreamRecord r : batch.records()) {
            if (seen.advance(r)) {
                put(r);
                if (r.op() == Op.READ) {
                    follow.row(now);
                }
                if (isFull()) {
                    endPiece();
                }
            }
        }
        giveSign();
        if (atEnd() && !follows()) {
            endPiece();
            finish();
            return 1;
        }
        if (batch.records().isEmpty()) {
            lookAtTopic();
        }
        return batch.records().size();
    }

    private boolean isFull() {
        return pieceRows >= config.limits().fillPieceRows()
                || pieceBytes >= PIECE_BATCHES * config.limits().batchBytes()
                || laterBytes >= config.limits().batchBytes();
    }

    /**
     * A COPY that waits for its data, and a transaction in which nothing is said, look like those of a frozen process, and
     * are ended after a while: a topic that is read slowly must not.
     */
    private void giveSign() throws InterruptedException {
        Instant now = clock.instant();
        if (!now.isBefore(lastSign.plus(config.sessions().idleInTransaction().dividedBy(SIGNS_OF_LIFE)))) {
            endPiece();
            shadow.giveSign();
            lastSign = now;
        }
    }

    private void put(StreamRecord r) throws InterruptedException {
        if (!filter.perhapsSeen(r.key())) {
            // the first of its key, which the topic has in one partition alone: a tombstone has nothing to delete
            if (r.value() != null) {
                shadow.add(r);
                copied++;
                pieceRows++;
                pieceBytes += r.bytes();
            }
            return;
        }
        StreamRecord before = later.put(new RecordKey(r.key()), r);
        laterBytes += r.bytes() - (before == null ? 0 : before.bytes());
    }

    private void endPiece() throws InterruptedException {
        shadow.endPiece(later.values());
        merged += later.size();
        later.clear();
        laterBytes = 0;
        pieceRows = 0;
        pieceBytes = 0;
    }

    private boolean atEnd() {
        for (int p = 0; p < ends.partitions(); p++) {
            if (reader.position(new Partition(target.topic(), p)) < ends.offset(p)) {
                return false;
            }
        }
        return true;
    }

    /** Moves the end on as long as the snapshot of the stream is to be followed. */
    private boolean follows() {
        boolean snapshotting = ledger.isSnapshotting(target.topic());
        if (!follow.goesOn(clock.instant(), snapshotting)) {
            if (snapshotting) {
                LOG.info(
                        "Replica '{}' does not wait for the rest of the snapshot of stream '{}': it is applied as it comes",
                        config.name(),
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

    private void finish() {
        Duration took = Duration.between(startedAt, clock.instant());
        if (took.compareTo(facts.awayLimit()) >= 0) {
            throw new FillException("The fill of " + target.table() + " took " + took + ", longer than topic '"
                    + target.topic() + "' keeps what it compacts (min.compaction.lag.ms " + facts.minCompactionLag()
                    + ", delete.retention.ms " + facts.deleteRetention()
                    + "): it begins again; raise the shorter of the two settings on the topic");
        }
        requireSameTopic();
        shadow.complete();
        swap = new Swap(db, config.name(), target.table(), clock);
    }

    /** The end of a topic that was made again may be below the one that the fill reads to. */
    private void lookAtTopic() {
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

    private boolean swap(Swap ready) {
        if (!ready.attempt(this::takePlace)) {
            return false;
        }
        LOG.info(
                "Replica '{}' has filled {} with {} rows in {}",
                config.name(),
                target.table(),
                rows(),
                DurationText.of(Duration.between(startedAt, clock.instant())));
        return true;
    }

    /**
     * A new fill begins a new count of positions, and every generation is bumped, so that whoever still works on the former
     * fill is fenced; {@code complete} is taken from the copy until it has been proven anew.
     */
    private void takePlace() {
        String stream = target.stream();
        long fill = row.fill() + 1;
        long generation = db.positions().lock(stream) + 1;
        shadow.takePlace();
        List<Owned> reached = new ArrayList<>();
        for (int p = 0; p < facts.partitions(); p++) {
            Partition partition = new Partition(target.topic(), p);
            reached.add(new Owned(stream, fill, p, generation, reader.position(partition), seen.last(partition), null));
        }
        db.positions().replace(stream, reached);
        db.streams().filled(new StreamRow(stream, target.topic(), facts.topicId(), fill, null, startedAt, rows()));
        db.reports().withdraw("The copy was filled; its freshness is being found", true);
    }

    /** Forgets the fill, if it has not ended; the connection's transaction is over. */
    @Override
    public void close() {
        shadow.abort();
        db.rollback();
    }
}
