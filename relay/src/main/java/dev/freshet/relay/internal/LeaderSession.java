package dev.freshet.relay.internal;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.LogEvent;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.TopicRecord;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One relay's time as the source's writer, from a take-over to its end.
 *
 * <p>Implementation note. A batch is cut at the boundaries of source transactions: the rows of the open transaction wait
 * in {@code open} until it has committed, so that the offsets behind a batch are exactly those of a boundary. Only a
 * transaction that is larger than a batch is written in pieces, under entries that are no boundary and keep the last one's
 * offsets. The rows of a snapshot's window are written in pieces too, inside the high watermark's own transaction. The log
 * is confirmed only up to a boundary whose entry is durable.
 */
public final class LeaderSession implements AutoCloseable {
    private static final Duration IDLE_WAIT = Duration.ofMillis(20);
    private static final Duration BUSY_WAIT = Duration.ofMillis(1);

    private final RelaySettings settings;
    private final InstantSource clock;
    private final TopicWriter writer;
    private final ChangeLog log;
    private final LedgerState ledger;
    private final Snapshotter snapshotter;
    private final History history;
    private final TopicEnds ends;
    private final Batch batch;
    private final EventFlow events;
    private final Position skipTo;

    private final Deque<LogEvent> inbox = new ArrayDeque<>();
    private final OpenRows open = new OpenRows();
    private final Harms harms;
    private final SampleClaim samples;
    private final Set<String> written = new HashSet<>();
    private boolean inTransaction;
    private long xid;
    private Instant committedAt = Instant.EPOCH;
    private long boundaryLsn;

    private @Nullable Emission emitting;
    private @Nullable SnapshotWindow finishedWindow;

    private final CommitPace pace;
    private long recordsSent;
    private Instant lastTransaction;

    LeaderSession(
            RelaySettings settings,
            InstantSource clock,
            TopicWriter writer,
            ChangeLog log,
            LedgerState ledger,
            Snapshotter snapshotter,
            History history,
            Map<String, TopicInfo> topics,
            TopicEnds ends,
            Set<String> muted,
            EventFlow events) {
        this.settings = settings;
        this.clock = clock;
        this.writer = writer;
        this.log = log;
        this.ledger = ledger;
        this.snapshotter = snapshotter;
        this.harms = new Harms(ledger, snapshotter);
        this.samples = new SampleClaim(ledger, harms);
        this.history = history;
        this.ends = ends;
        this.batch = new Batch(writer, topics, muted);
        this.events = events;
        this.skipTo = ledger.write();
        this.boundaryLsn = ledger.boundary().position().lsn();
        this.lastTransaction = clock.instant();
        this.pace = new CommitPace(settings, lastTransaction);
    }

    /** Returns the source's events on their way. */
    EventFlow events() {
        return events;
    }

    /** Returns what the ledger says, as of the last durable entry or a little ahead of it. */
    public LedgerState ledger() {
        return ledger;
    }

    /** Returns how many records this session has committed. */
    public long recordsSent() {
        return recordsSent;
    }

    /** Returns the streams of which this session has committed records. */
    public Set<String> written() {
        return written;
    }

    /** Returns when the source last committed a transaction that the log showed, by the relay's clock. */
    public Instant lastTransaction() {
        return lastTransaction;
    }

    /**
     * Takes a sample of the source; its time is claimed once the log is read past its position.
     *
     * @param taken the newest sample
     */
    public void offer(FreshnessSample taken) {
        samples.offer(taken);
    }

    /**
     * Does one step: a piece of a window, or what the log has now, and commits when there is no more or enough.
     *
     * @return how many events and records were handled
     */
    public int doWork() throws InterruptedException {
        if (emitting != null) {
            return emitPiece();
        }
        if (!inTransaction && finishedWindow == null && !isBehind() && events.holdsLog()) {
            return sendBacklog();
        }
        int done = snapshotter.doWork();
        if (inbox.isEmpty() && !snapshotter.holdsLog()) {
            inbox.addAll(log.poll(done == 0 ? idleWait() : Duration.ZERO));
        }
        boolean drained = inbox.isEmpty();
        while (!inbox.isEmpty() && emitting == null) {
            done++;
            handle(inbox.poll());
        }
        if (drained && emitting == null && finishedWindow == null && !isBehind()) {
            done += idle();
        }
        return done;
    }

    /** Returns whether the log is still being read again up to where the last session stopped inside a transaction. */
    private boolean isBehind() {
        // what was sent between two transactions, such as a letter, has ordinal 0 and nothing in the log
        return skipTo.ordinal() > 0
                && Position.boundary(ledger.epoch(), boundaryLsn).compareTo(skipTo) < 0;
    }

    /** Sends events that the outbox table had before its rows came by the log, which waits at a boundary. */
    private int sendBacklog() {
        if (!batch.isEmpty() || boundaryLsn > ledger.boundary().position().lsn()) {
            commitBoundary();
            return 1;
        }
        List<EventRecord> sent = events.ofBefore();
        sent.forEach(batch::send);
        commitInside(sent.isEmpty() ? ledger.write() : sent.get(sent.size() - 1).position());
        return 1;
    }

    private Duration idleWait() {
        return pace.patience(clock.instant(), snapshotter.isActive() ? BUSY_WAIT : IDLE_WAIT, batch.isEmpty());
    }

    /** Nothing is left in the log: commits what there is, or writes an entry when the ledger has news. */
    private int idle() {
        if (!inTransaction) {
            samples.claim(boundaryLsn);
        }
        if (inTransaction && batch.isEmpty()) {
            return 0;
        }
        Instant now = clock.instant();
        boolean news =
                ledger.isChanged() || boundaryLsn > ledger.boundary().position().lsn();
        Instant due = batch.isEmpty() ? pace.dueWithoutRecords() : pace.dueWithRecords();
        if ((batch.isEmpty() && !news) || now.isBefore(due)) {
            return 0;
        }
        commitBoundary();
        return 1;
    }

    private void handle(LogEvent event) {
        if (event instanceof LogEvent.Row row) {
            snapshotter.onChange(row.change().stream(), row.change().key());
            take(row.change());
        } else if (event instanceof LogEvent.Publication publication) {
            // what was sent was routed then
            if (publication.position().isAfter(skipTo)) {
                route(publication);
            }
        } else if (event instanceof LogEvent.Begun begun) {
            inTransaction = true;
            xid = begun.xid();
            committedAt = begun.committedAt();
            snapshotter.onTransaction(begun.xid());
        } else if (event instanceof LogEvent.Committed committed) {
            committed(committed.endLsn());
        } else if (event instanceof LogEvent.Reached reached) {
            boundaryLsn = Math.max(boundaryLsn, reached.lsn());
        } else if (event instanceof LogEvent.Schema schema) {
            ledger.schema(schema.schema());
        } else if (event instanceof LogEvent.Broken broken) {
            harms.add(broken);
        } else if (event instanceof LogEvent.Marked marked) {
            snapshotter.onMark(marked.text(), marked.position()).ifPresent(this::startEmitting);
        }
        // A message of another program is nobody's here.
    }

    private void route(LogEvent.Publication publication) {
        try {
            events.of(publication, xid).ifPresent(this::take);
        } catch (ParkingFullException e) {
            // the letters that are the reason must be there for somebody to deal with
            if (open.records() > 0) {
                commitOpen();
            } else if (!batch.isEmpty()) {
                commitBoundary();
            }
            throw e;
        }
    }

    private void take(TopicRecord row) {
        if (!row.position().isAfter(skipTo)) {
            return;
        }
        boolean full = open.records() >= settings.batch().records()
                || open.bytes() >= settings.batch().bytes();
        // never between the records of one change: what is sent there by others has sub-ordinals of its own
        if (full && row.position().sub() == 0) {
            commitOpen();
        }
        open.add(row);
    }

    private void commitOpen() {
        if (!batch.isEmpty()) {
            commitBoundary();
        }
        Position last = open.last();
        open.sendTo(batch);
        commitInside(last);
    }

    private void committed(long endLsn) {
        open.sendTo(batch);
        inTransaction = false;
        harms.committed();
        boundaryLsn = endLsn;
        lastTransaction = clock.instant();
        SnapshotWindow window = finishedWindow;
        if (window != null) {
            finishedWindow = null;
            ledger.snapshotted(
                    window.stream(), Position.boundary(ledger.epoch(), endLsn), window.progress(), window.done());
        }
        samples.claim(boundaryLsn);
        boolean full = batch.records() >= settings.batch().records()
                || batch.bytes() >= settings.batch().bytes();
        if (full || (!batch.isEmpty() && pace.isOverdue(lastTransaction))) {
            commitBoundary();
        }
    }

    private void startEmitting(SnapshotWindow window) {
        if (!batch.isEmpty()) {
            commitBoundary();
        }
        if (window.schema() != null) {
            ledger.schema(window.schema());
        }
        StreamEntry entry = Objects.requireNonNull(ledger.stream(window.stream()));
        emitting = new Emission(window, entry.schemaVersion());
    }

    /** Sends as much of the window as a batch takes; the last piece stays open for the transaction's boundary. */
    private int emitPiece() {
        Emission emission = Objects.requireNonNull(emitting);
        int done = emission.piece(batch, settings, committedAt);
        if (emission.isWhole()) {
            finishedWindow = emission.window();
            emitting = null;
        } else {
            commitInside(emission.window().position().withSub(emission.sent()));
        }
        return done + 1;
    }

    private void commitInside(Position last) {
        beginCommit();
        writer.flush(ends);
        ledger.advanceInside(last);
        writeEntry();
    }

    private void commitBoundary() {
        beginCommit();
        writer.flush(ends);
        ledger.advanceTo(boundaryLsn, ends.toVectors());
        events.passed(ledger.boundary().position());
        history.onBoundary(ledger, clock.instant());
        writeEntry();
        log.confirm(boundaryLsn);
        harms.requireCaptured();
        snapshotter.wake();
    }

    private void beginCommit() {
        pace.begin(clock.instant());
        batch.begin();
    }

    private void writeEntry() {
        Instant now = clock.instant();
        ledger.writeTo(writer, now);
        writer.commit();
        ledger.written();
        recordsSent += batch.records();
        written.addAll(batch.streams());
        batch.reset();
        pace.end(clock.instant());
    }

    /**
     * Breaks streams whose topics are at fault, at once and durably.
     *
     * @param reasons by stream, what has happened, in a sentence
     * @param since from where on something is missing, not behind the last boundary
     */
    void breakAlone(Map<String, String> reasons, Position since) {
        tellAlone(() -> reasons.forEach((stream, reason) -> ledger.breakStream(stream, since, reason, Mending.TOPIC)));
    }

    /**
     * Tells, at once and durably, that the log cannot be followed any more from the last boundary on.
     *
     * @param loss what happened, and what is missing
     */
    void lose(SourceLoss loss) {
        tellAlone(() -> ledger.lose(loss, Loss.told(settings, loss)));
    }

    /**
     * Writes an entry alone: the open batch is given up, since its topics may be what takes no record, and with it what it was to
     * say of streams, which would tell them whole behind the last boundary.
     */
    private void tellAlone(Runnable news) {
        open.clear();
        if (!batch.isEmpty()) {
            writer.giveUp();
            batch.reset();
        }
        ledger.giveUp();
        news.run();
        beginCommit();
        writeEntry();
    }

    /** Names the place for messages. */
    @Override
    public String toString() {
        return settings.source() + " at " + Lsn.format(boundaryLsn);
    }

    @Override
    public void close() {
        try (writer;
                log;
                snapshotter;
                events) {
            open.clear();
            inbox.clear();
        }
    }
}
