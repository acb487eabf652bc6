package dev.freshet.relay.internal;

import dev.freshet.capture.Harm;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.SnapshotLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables beside the log, window by window: their rows, and for a re-snapshot then the keys that have vanished.
 *
 * <p>Implementation note. A commit stands in the log before a new snapshot shows it (a commit that waits for a stand-by),
 * and a transaction that was open when its table joined the publication is decoded without its changes. Therefore:
 *
 * <ol>
 *   <li>Joining: after the publication has changed, an own transaction id is allotted, and no window begins before every
 *       older transaction has ended.
 *   <li>A low watermark is committed and awaited in the log. All transactions that the log gave until then, and that may not
 *       be visible yet, are a fixed set; the window's snapshot is taken only when all of them are visible.
 *   <li>From the low watermark on, the keys that the log changes are noted. When the rows are read, a high watermark is
 *       committed. When it arrives, rows whose key was noted are dropped (the log's own record of them is in the topic
 *       already, with everything that the row had), and the others are written at the high watermark's position; so are
 *       tombstones for keys of the topic that the table does not have.
 *   <li>The high watermark is the next window's low one, so that the next window is read while this one is written.
 *   <li>A re-snapshot begins when the end of its topic is known: that at a boundary behind a watermark that was set after
 *       the harm. An earlier end would leave out keys that the log still had to write before they vanished, and no record
 *       tells of their end.
 * </ol>
 *
 * <p>Watermarks carry the relay's incarnation; those of others are passed over, so that a window never goes on after a
 * crash: it begins again from the progress in the ledger. A window is abandoned when rows of its stream change without
 * row messages, since it may show them as they were before.
 */
public final class Snapshotter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(20);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private enum Phase {
        IDLE,
        JOINING,
        PACED,
        AWAITING_LOW,
        SETTLING,
        READING,
        AWAITING_HIGH,
        FAILED
    }

    private final SnapshotReader reader;
    private final LedgerState ledger;
    private final Watermarks watermarks;
    private final InstantSource clock;
    private final SnapshotLimits limits;
    private final TopicOpener topics;
    private final Unsettled unsettled;
    private final ChangedKeys changedKeys = new ChangedKeys();

    private Phase phase = Phase.IDLE;
    private Instant nextProbe = Instant.MIN;
    private long joinXid;
    private @Nullable String stream;
    private SnapshotProgress progress = SnapshotProgress.first();
    private @Nullable Chunks chunks;
    private Chunks.@Nullable Read read;
    private @Nullable String finished;
    private Instant started = Instant.MIN;
    private Instant nextWindow = Instant.MIN;

    /**
     * Creates a snapshotter that reads nothing until {@link #wake}.
     *
     * @param limits how much is read at once and in a second
     * @param topics opens a stream's topic
     */
    public Snapshotter(
            SnapshotReader reader,
            LedgerState ledger,
            String incarnation,
            InstantSource clock,
            SnapshotLimits limits,
            TopicOpener topics) {
        this.reader = reader;
        this.unsettled = new Unsettled(reader);
        this.ledger = ledger;
        this.watermarks = new Watermarks(reader, ledger, incarnation);
        this.clock = clock;
        this.limits = limits;
        this.topics = topics;
    }

    /**
     * Begins, if nothing is being done and there is something to do: waits for the end of the transactions that are open now.
     * To be called after the publication has changed, and whenever the ledger has news.
     */
    public void wake() {
        if (phase == Phase.IDLE && hasWork()) {
            joinXid = reader.allotTransactionId();
            phase = Phase.JOINING;
        }
    }

    private boolean hasWork() {
        return nextStream() != null || !ledger.awaitingEnds().isEmpty();
    }

    /** Forgets what was read of a stream whose rows have changed without row messages. */
    public void abandon(String changed) {
        watermarks.forget(changed);
        if (changed.equals(finished)) {
            finished = null;
        }
        if (changed.equals(stream)) {
            closeChunks();
            stream = null;
            phase = Phase.IDLE;
            unsettled.clear();
            changedKeys.clear();
        }
    }

    private void closeChunks() {
        read = null;
        if (chunks != null) {
            chunks.close();
            chunks = null;
        }
    }

    /** Returns whether there is something to do, so that the log should not be waited for long. */
    public boolean isActive() {
        return phase != Phase.IDLE;
    }

    /** Returns whether the log has to wait for the reading, since too many keys have changed meanwhile. */
    public boolean holdsLog() {
        return phase == Phase.READING && changedKeys.areTooMany();
    }

    /**
     * Goes on with what does not come out of the log.
     *
     * @return 1 if a step was made, else 0
     */
    public int doWork() {
        try {
            return step();
        } catch (RetriableException e) {
            LOG.warn("A window of stream {} begins again: {}", stream, e.getMessage());
            closeChunks();
            nextProbe = clock.instant().plus(FAILURE_PAUSE);
            phase = phase == Phase.JOINING ? Phase.JOINING : Phase.FAILED;
            return 0;
        } catch (ConfigurationException e) {
            String name = stream;
            if (name == null) {
                throw e;
            }
            // the table is not what can be captured; the other streams go on
            abandon(name);
            ledger.breakAndWarn(name, ledger.boundary().position(), Harm.TABLE, String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private int step() {
        return switch (phase) {
            case IDLE, AWAITING_LOW -> 0;
            case JOINING -> join(joinXid);
            case FAILED -> probe() ? markLow() : 0;
            case PACED -> pace();
            case SETTLING -> settle();
            case READING -> read();
            case AWAITING_HIGH -> {
                if (changedKeys.areTooMany()) {
                    dropChanged();
                }
                yield 0;
            }
        };
    }

    private int pace() {
        if (!clock.instant().isBefore(nextWindow)) {
            return markLow();
        }
        if (unsettled.areMany() && probe()) {
            unsettled.trim();
        }
        return 0;
    }

    private int join(long xid) {
        if (!probe()) {
            return 0;
        }
        unsettled.trim();
        return reader.allEndedBelow(xid) ? markLow() : 0;
    }

    private boolean probe() {
        Instant now = clock.instant();
        if (now.isBefore(nextProbe)) {
            return false;
        }
        nextProbe = now.plus(PROBE_INTERVAL);
        return true;
    }

    private int markLow() {
        if (stream == null && !hasWork()) {
            phase = Phase.IDLE;
            return 0;
        }
        watermarks.set();
        phase = Phase.AWAITING_LOW;
        return 1;
    }

    /** Returns a stream to be read; one whose last window is on its way into the topic is none. */
    private @Nullable String nextStream() {
        for (StreamEntry e : ledger.streams()) {
            if (isReady(e) && !e.stream().equals(finished)) {
                return e.stream();
            }
        }
        return null;
    }

    private static boolean isReady(@Nullable StreamEntry entry) {
        return entry != null
                && entry.status() == StreamStatus.SNAPSHOTTING
                && entry.snapshot() != null
                && entry.snapshot().isReady();
    }

    private int settle() {
        if (changedKeys.areTooMany()) {
            // A commit takes long to become visible; from a new low watermark on there is less to remember.
            return markLow();
        }
        if (!unsettled.isSettled()) {
            if (!probe()) {
                return 0;
            }
            unsettled.settle();
        }
        return unsettled.isSettled() ? startWindow() : 0;
    }

    private int startWindow() {
        Chunks next = chunks == null ? openChunks() : chunks;
        chunks = next;
        if (!next.prepare()) {
            return 0;
        }
        started = clock.instant();
        next.start(rate() == 0 ? Long.MAX_VALUE : rate());
        phase = Phase.READING;
        return 1;
    }

    private Chunks openChunks() {
        String name = Objects.requireNonNull(stream, "a stream is chosen when its low watermark arrives");
        return progress.atKeys()
                ? new KeyChunks(
                        reader, Objects.requireNonNull(ledger.stream(name)), progress, topics, limits.lookupKeys())
                : new RowChunks(reader, name, progress);
    }

    private long rate() {
        return progress.maxRowsPerSecond() > 0 ? progress.maxRowsPerSecond() : limits.maxRowsPerSecond();
    }

    private int read() {
        Optional<Chunks.Read> ready = Objects.requireNonNull(chunks).poll();
        if (ready.isEmpty()) {
            return 0;
        }
        read = ready.get();
        long rate = rate();
        nextWindow = rate == 0 ? Instant.MIN : started.plusMillis(1000 * read.looked() / rate);
        watermarks.set();
        phase = Phase.AWAITING_HIGH;
        return 1;
    }

    /** Takes note of a transaction of the log. */
    public void onTransaction(long xid) {
        if (phase != Phase.IDLE) {
            unsettled.add(xid);
        }
    }

    /** Takes note of a changed key. */
    public void onChange(String changedStream, byte[] key) {
        if ((phase == Phase.SETTLING || phase == Phase.READING || phase == Phase.AWAITING_HIGH)
                && changedStream.equals(stream)) {
            changedKeys.add(key);
        }
    }

    /**
     * Takes note of a watermark in the log.
     *
     * @return the window that it completes, ready to be written at its position; empty for any other watermark
     */
    public Optional<SnapshotWindow> onMark(String text, Position position) {
        if ((phase != Phase.AWAITING_LOW && phase != Phase.AWAITING_HIGH) || !watermarks.arrived(text)) {
            return Optional.empty();
        }
        Optional<SnapshotWindow> complete = phase == Phase.AWAITING_HIGH ? complete(position) : Optional.empty();
        if (phase == Phase.IDLE) {
            return complete;
        }
        changedKeys.clear();
        unsettled.fix();
        choose();
        return complete;
    }

    private Optional<SnapshotWindow> complete(Position position) {
        dropChanged();
        Chunks.Read window = Objects.requireNonNull(read, "rows are read before the high watermark is set");
        read = null;
        String name = Objects.requireNonNull(stream);
        StreamEntry entry = ledger.stream(name);
        if (entry == null || entry.status() != StreamStatus.SNAPSHOTTING) {
            abandon(name);
            return Optional.empty();
        }
        boolean atKeys = progress.atKeys();
        progress = Objects.requireNonNull(chunks).written(window);
        if (window.done() || progress.atKeys() != atKeys) {
            closeChunks();
        }
        if (window.done()) {
            stream = null;
            finished = name;
        }
        return Optional.of(new SnapshotWindow(name, window.schema(), window.rows(), position, progress, window.done()));
    }

    private void dropChanged() {
        if (read != null) {
            changedKeys.dropFrom(read.rows());
        }
    }

    /** Chooses what the window after this watermark reads; its progress may not be in the ledger yet. */
    private void choose() {
        String current = stream;
        if (current == null || !isReady(ledger.stream(current))) {
            closeChunks();
            current = nextStream();
            if (current == null) {
                stream = null;
                phase = Phase.IDLE;
                unsettled.release();
                return;
            }
            stream = current;
            progress = Objects.requireNonNull(
                    Objects.requireNonNull(ledger.stream(current)).snapshot());
        }
        phase = clock.instant().isBefore(nextWindow) ? Phase.PACED : Phase.SETTLING;
        nextProbe = Instant.MIN;
    }

    @Override
    public void close() {
        closeChunks();
        reader.close();
    }
}
