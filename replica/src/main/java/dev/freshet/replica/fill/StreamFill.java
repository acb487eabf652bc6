package dev.freshet.replica.fill;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.KeyFilter;
import dev.freshet.replica.park.DeadLetterBox;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.TableLockedException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.SeenPositions;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fill of one stream's table, from the lock of the stream's row to the commit that puts the new table in place.
 *
 * <p>It is one transaction of the consumer's database: the row's lock keeps every other filler waiting and goes when this
 * process or its connection dies, and the shadow with it. Rows whose key was surely not seen before go straight into the
 * shadow, the others in the order in which they came. What is read beyond the topic's end as it was ({@link TopicEnd}) does no
 * harm, since the positions that are stored at the end are those that were reached.
 */
public final class StreamFill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFill.class);
    private static final Duration POLL = Duration.ofMillis(200);

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
    private final TopicEnd end;
    private final ShadowTable shadow;
    private final SeenPositions seen = new SeenPositions();
    private final KeyFilter filter;
    private final Map<RecordKey, StreamRecord> later = new LinkedHashMap<>();
    private long copied;
    private long merged;
    private int pieceRows;
    private long pieceBytes;
    private int laterBytes;
    private Instant lastSign;
    private @Nullable Swap swap;

    private StreamFill(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            StreamReader reader,
            InstantSource clock,
            StreamRow row,
            TopicEnd end,
            ShadowTable shadow) {
        this.db = db;
        this.config = config;
        this.target = target;
        this.reader = reader;
        this.clock = clock;
        this.row = row;
        this.end = end;
        this.shadow = shadow;
        this.lastSign = end.startedAt();
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
     * @param careful where records go that the table refuses, if it is known to refuse some; null if it is to fail then
     * @return the fill, or null if another instance fills, or has filled
     * @throws ConfigurationException if the table does not fit, with everything that is wrong
     * @throws TableLockedException if the table must be altered first and its lock did not come; the session is to be closed
     */
    public static @Nullable StreamFill begin(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            SchemaRecord schema,
            SchemaSource ledger,
            StreamReader reader,
            InstantSource clock,
            Supplier<Instant> followUntil,
            @Nullable DeadLetterBox careful) {
        StreamRow row = lockUnfilled(db, target);
        if (row != null && db.alterForFill(target, schema, row)) {
            row = lockUnfilled(db, target);
        }
        if (row == null) {
            return null;
        }
        ShadowTable shadow = careful == null
                ? db.shadow(target, schema, row, ledger)
                : CarefulTable.create(db, config, target, schema, row, ledger, careful);
        TopicEnd end = TopicEnd.find(config, target, reader, clock, ledger, followUntil);
        StreamFill fill = new StreamFill(db, config, target, reader, clock, row, end, shadow);
        fill.assign();
        LOG.info(
                "Replica '{}' fills {} from topic '{}' up to {}{}",
                config.name(),
                target.table(),
                target.topic(),
                end.ends(),
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
        for (int p = 0; p < end.partitions(); p++) {
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
                end.read(r, now);
                if (isFull()) {
                    endPiece();
                }
            }
        }
        giveSign();
        if (end.isReached()) {
            endPiece();
            finish();
            return 1;
        }
        if (batch.records().isEmpty()) {
            end.look();
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

    private void finish() throws InterruptedException {
        end.require();
        shadow.complete();
        swap = new Swap(db, config.name(), target.table(), clock);
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
                DurationText.of(Duration.between(end.startedAt(), clock.instant())));
        return true;
    }

    /**
     * A new fill begins a new count of positions, and every generation is bumped, so that whoever still works on the former
     * fill is fenced; no other keys are parked than those that this one has left out; {@code complete} is taken from the copy until it has been proven anew.
     */
    private void takePlace() {
        String stream = target.stream();
        long fill = row.fill() + 1;
        long generation = db.positions().lock(stream) + 1;
        shadow.takePlace();
        List<Owned> reached = new ArrayList<>();
        for (int p = 0; p < end.partitions(); p++) {
            Partition partition = new Partition(target.topic(), p);
            reached.add(new Owned(stream, fill, p, generation, reader.position(partition), seen.last(partition), null));
        }
        db.positions().replace(stream, reached);
        db.parked().replace(stream, shadow.refused());
        db.streams().filled(new StreamRow(stream, target.topic(), end.topicId(), fill, null, end.startedAt(), rows()));
        db.reports().withdraw("The copy was filled; its freshness is being found", true);
    }

    /** Forgets the fill, if it has not ended; the connection's transaction is over. */
    @Override
    public void close() {
        shadow.abort();
        db.rollback();
    }
}
