package dev.freshet.stream;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.OffsetVector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics of one source so that a copy of them never shows half of a source transaction: what it hands over leads from
 * one boundary of the ledger to another.
 *
 * <p>It reads all partitions of the topics, without a group. What it has read beyond the last boundary it keeps, up to the
 * {@link BoundaryLimits}; a source transaction that is larger is handed over in pieces, and so is the way to the next boundary
 * that is known and not read yet, so that it can be written while more is read.
 * A piece holds only what surely belongs below the next boundary: what is below the vector of one that is known, or else what
 * the newest entry of the ledger says is written, since the relay alone writes, and in the order of positions.
 *
 * <p>The ledger must be kept up to date meanwhile, by a {@link LedgerAgent} or whoever else polls it. A boundary counts only
 * if all streams were running at it; while one does not run, nothing is handed over and {@link #held} says why.
 *
 * <p>Between two boundaries the topics must still have every version of a row. So the reader notes when it was at the logs'
 * end, and asks for a new fill once that is longer ago than the topics wait with their compaction; a fill comes to no
 * boundary below what was written when it began, also in transactions that were open then.
 *
 * <p>What was read must be of the topics from which the copy was filled: one that was made again may have as many offsets
 * below a boundary's, and none of its records. So a boundary is claimed only if each partition that has moved has given the
 * last record below it, which only the topic that the relay wrote to has; where that one is gone, or it comes to nothing, the
 * brokers are asked after the reading.
 *
 * <p>A value that the relay has read back from the table (an unchanged TOAST value without {@code REPLICA IDENTITY FULL}) may
 * be newer than its position. No boundary counts before one that is complete to a minute after it.
 *
 * <p>Belongs to one thread.
 */
public final class BoundaryReader implements AutoCloseable {
    private final StreamReader reader;
    private final LedgerReader ledger;
    private final LedgerView view;
    private final Set<String> topics;
    private final BoundaryLimits limits;
    private final InstantSource clock;
    private final Runnable ledgerMoved = this::ledgerMoved;
    private final ReadAhead ahead = new ReadAhead();
    private final Map<Partition, Long> readTo = new HashMap<>();
    private final Map<Partition, Position> handed = new HashMap<>();
    private final ProvenOffsets proven = new ProvenOffsets();
    private final ReadBackHold readBack = new ReadBackHold();
    private final Set<Partition> paused = new HashSet<>();
    private SeenPositions read = new SeenPositions();
    private @Nullable TopicWatch watch;
    private Position floor = Position.ZERO;
    private @Nullable Map<String, OffsetVector> undecided;
    private @Nullable Boundary last;
    private boolean inPieces;
    private boolean inDoubt;
    private boolean nothingCame;
    private @Nullable String held;
    private volatile boolean expecting;

    private BoundaryReader(
            StreamReader reader, LedgerReader ledger, Set<String> topics, BoundaryLimits limits, InstantSource clock) {
        this.reader = reader;
        this.ledger = ledger;
        this.view = ledger.view();
        this.topics = Set.copyOf(topics);
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Creates a reader, to be {@link #start started}.
     *
     * @param reader what it reads with, alone; closed with it
     * @param ledger the ledger of the topics' source; not closed
     * @param topics the topics, at least one
     * @param clock the clock; must not run behind the brokers' by more than a fraction of the topics' limits
     */
    public static BoundaryReader create(
            StreamReader reader, LedgerReader ledger, Set<String> topics, BoundaryLimits limits, InstantSource clock) {
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("A reader of boundaries needs a topic");
        }
        return new BoundaryReader(reader, ledger, topics, limits, clock);
    }

    /**
     * Begins where a copy stands, or anew after {@link PiecesLostException}; whatever was read before is forgotten.
     *
     * @param from what the copy has stored; {@link BoundaryState#NONE} for one that is empty
     * @throws RefillException if the copy must be filled anew: empty it, and start with {@link BoundaryState#NONE}
     * @throws ConfigurationException if the copy is one of other topics
     * @throws RetriableException if the brokers cannot be reached for now, a topic is missing or the ledger is empty
     * @throws InterruptedException if the thread is interrupted
     */
    public void start(BoundaryState from) throws InterruptedException {
        forget();
        Instant now = clock.instant();
        ledger.readToEnd(limits.ledgerRead());
        Cursor cursor = view.cursor()
                .orElseThrow(() -> new RetriableException(
                        "The ledger '" + view.ledger() + "' has no cursor yet: is the relay running?"));
        TopicWatch begun = TopicWatch.begin(reader, view, topics, from, now);
        // what was written when a fill began has no versions any more between which a boundary could lie
        floor = from.isNone() ? cursor.write() : from.highest();
        undecided = from.isNone() ? reader.endOffsets(topics) : null;
        Map<Partition, Long> starts = new HashMap<>();
        for (Partition p : begun.partitions()) {
            Position seen = from.seen().getOrDefault(p, Position.ZERO);
            starts.put(p, from.offsets().getOrDefault(p, 0L));
            handed.put(p, seen);
            read.start(p, seen);
        }
        readTo.putAll(starts);
        proven.prove(starts);
        reader.assign(starts);
        view.addListener(ledgerMoved);
        watch = begun;
    }

    private void forget() {
        view.removeListener(ledgerMoved);
        watch = null;
        ahead.clear();
        readTo.clear();
        handed.clear();
        proven.clear();
        paused.clear();
        read = new SeenPositions();
        last = null;
        undecided = null;
        inPieces = false;
        inDoubt = false;
        readBack.clear();
        held = null;
    }

    private void ledgerMoved() {
        if (expecting) {
            reader.wakeup();
        }
    }

    /**
     * Returns what has come up to the newest boundary that is read whole, or a piece; also a batch without records where only
     * the boundary has moved.
     *
     * @param wait how long to wait for something to come
     * @return empty if nothing can be handed over yet
     * @throws RefillException if the copy must be filled anew: empty it, and start with {@link BoundaryState#NONE}
     * @throws PiecesLostException if pieces were handed over whose boundary does not come: roll back, and start again
     * @throws RetriableException if the brokers cannot be reached for now; poll again
     * @throws MissingRecordsException if a topic does not have the records any more that come next
     * @throws ConfigurationException if the client may not read a topic
     * @throws ForeignRecordException if a record was not written by a relay
     * @throws InterruptedException if the thread is interrupted
     */
    public Optional<BoundaryBatch> poll(Duration wait) throws InterruptedException {
        TopicWatch topicWatch = started();
        if (topicWatch.isDue(clock.instant(), limits.look())) {
            look(topicWatch);
        }
        expecting = true;
        Optional<BoundaryBatch> ready = next(topicWatch);
        if (ready.isEmpty()) {
            regulate();
            expecting = expecting && (inPieces || !ahead.isEmpty());
            accept(reader.poll(wait), topicWatch);
            ready = next(topicWatch);
        }
        expecting = false;
        return ready;
    }

    private TopicWatch started() {
        if (watch == null) {
            throw new IllegalStateException("The reader of the boundaries of " + topics + " was not started");
        }
        return watch;
    }

    /** Asks the brokers. If the topics are the ones from which the copy was filled, so was what was read before. */
    private void look(TopicWatch topicWatch) {
        held = topicWatch.look(clock.instant(), vectors());
        if (topicWatch.isSame()) {
            proven.prove(readTo);
        }
    }

    private void accept(StreamBatch batch, TopicWatch topicWatch) {
        for (StreamRecord r : batch.records()) {
            if (read.advance(r)) {
                ahead.add(r);
                readBack.read(r);
            }
        }
        readTo.putAll(batch.positions());
        nothingCame = batch.isEmpty();
        if (!nothingCame) {
            topicWatch.read(vectors(), clock.instant());
        }
    }

    private Optional<BoundaryBatch> next(TopicWatch topicWatch) {
        raiseFloor();
        Optional<BoundaryBatch> ready = ready(topicWatch);
        if (inDoubt && topicWatch.isSame()) {
            look(topicWatch);
            ready = ready(topicWatch);
        }
        return ready;
    }

    /** What was open when a fill began is decided once it was passed; what was committed of it lies at or below this. */
    private void raiseFloor() {
        Map<String, OffsetVector> begun = undecided;
        if (begun != null && OffsetVectors.covers(vectors(), begun)) {
            for (Partition p : readTo.keySet()) {
                Position last = read.last(p);
                floor = last.isAfter(floor) ? last : floor;
            }
            undecided = null;
        }
    }

    private Optional<BoundaryBatch> ready(TopicWatch topicWatch) {
        inDoubt = false;
        // the view's own lock: all that follows is of one cursor
        synchronized (view) {
            if (!topicWatch.isSame() || !topicWatch.isAsFilled(view)) {
                return Optional.empty();
            }
            Map<String, OffsetVector> at = vectors();
            Optional<Boundary> reached = view.reached(at, topics).filter(this::counts);
            if (reached.isPresent()) {
                inDoubt = !proven.reach(reached.get(), readTo.keySet(), ahead);
                return inDoubt ? Optional.empty() : Optional.of(claim(reached.get(), topicWatch));
            }
            Optional<String> notRunning = Reasons.notRunning(view, topics);
            if (notRunning.isPresent() && inPieces) {
                watch = null;
                throw new PiecesLostException(
                        "The boundary of what was handed over in pieces does not come; the pieces are" + " taken back. "
                                + notRunning.get());
            }
            return notRunning.isEmpty() && ahead.isWorthAPiece(limits) ? piece(at) : Optional.empty();
        }
    }

    private boolean counts(Boundary b) {
        return !b.equals(last) && undecided == null && b.position().compareTo(floor) >= 0 && !readBack.holds(b);
    }

    private BoundaryBatch claim(Boundary boundary, TopicWatch topicWatch) {
        topicWatch.requireNotAway(clock.instant());
        List<StreamRecord> records = ahead.takeBelow(boundary.offsets());
        noteHanded(records);
        last = boundary;
        floor = boundary.position();
        inPieces = false;
        Map<Partition, Long> offsets = new HashMap<>();
        for (Partition p : readTo.keySet()) {
            // what was read beyond it without a record may be of another topic already
            long upTo = proven.claimed(boundary, p);
            Long first = ahead.firstOffset(p);
            offsets.put(p, first == null ? upTo : Math.min(first, upTo));
        }
        return BoundaryBatch.last(records, boundary, topicWatch.handed(offsets, handed, ahead.oldest()));
    }

    private Optional<BoundaryBatch> piece(Map<String, OffsetVector> at) {
        Optional<Boundary> coming = view.next(at, topics, floor);
        if (coming.isEmpty() && !inPieces && !ahead.isFull(limits)) {
            // a boundary that is not known yet is best waited for without a piece
            return Optional.empty();
        }
        Position written = view.cursor().map(Cursor::write).orElse(Position.ZERO);
        List<StreamRecord> records =
                coming.isPresent() ? ahead.takeBelow(coming.get().offsets()) : ahead.takeUpTo(written);
        if (records.isEmpty()) {
            return Optional.empty();
        }
        noteHanded(records);
        Position least = coming.isPresent() ? coming.get().position() : written;
        floor = least.isAfter(floor) ? least : floor;
        inPieces = true;
        return Optional.of(BoundaryBatch.piece(records));
    }

    private void noteHanded(List<StreamRecord> records) {
        records.forEach(r -> handed.put(r.partition(), r.position()));
    }

    /** While much is read ahead, only partitions are read whose records lie below the next boundary. */
    private void regulate() {
        if (!ahead.isFull(limits)) {
            reader.resume(paused);
            paused.clear();
            return;
        }
        Optional<Boundary> coming = view.next(vectors(), topics, floor);
        for (Map.Entry<Partition, Long> e : readTo.entrySet()) {
            Partition p = e.getKey();
            OffsetVector to = coming.map(b -> b.offsets().get(p.topic())).orElse(null);
            boolean needed = to != null && p.number() < to.partitions() && e.getValue() < to.offset(p.number());
            if (needed && paused.remove(p)) {
                reader.resume(Set.of(p));
            } else if (!needed && paused.add(p)) {
                reader.pause(Set.of(p));
            }
        }
    }

    private Map<String, OffsetVector> vectors() {
        return OffsetVectors.of(readTo);
    }

    /**
     * Returns why no boundary counts for now, in a sentence; empty if nothing is known to be in the way. It may lag behind by
     * {@link BoundaryLimits#look}.
     */
    public Optional<String> held() {
        if (held != null) {
            return Optional.of(held);
        }
        if (undecided != null && nothingCame) {
            return Optional.of(
                    "The copy is filled with all that was written when its fill began, and nothing more came yet: a"
                            + " transaction of the relay that was open then ends within its transaction.timeout.ms");
        }
        return readBack.why();
    }

    /** Returns the streams' topics, in order. */
    public Set<String> topics() {
        return new TreeSet<>(topics);
    }

    /** Ends the reading and closes the stream reader. */
    @Override
    public void close() {
        view.removeListener(ledgerMoved);
        reader.close();
    }
}
