package dev.freshet.relay.internal;

import dev.freshet.capture.Harm;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntSupplier;
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
 *
 * <p>A window that fails by its table or topic gives the other streams their turn ({@link FailingWindows}); one that fails
 * since the source does not do what every window needs begins again, with the same stream.
 */
public final class Snapshotter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(20);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private enum Phase {
        /** Nothing is to be read. */
        IDLE,
        /** The transactions that are older than the publication's last change have to end. */
        JOINING,
        /** The next window is not due: for a rate, or since streams have failed and none else is to be read. */
        PACED,
        AWAITING_LOW,
        SETTLING,
        READING,
        AWAITING_HIGH,
        /** The source did not do what every window needs. */
        FAILED
    }

    private final SnapshotReader reader;
    private final LedgerState ledger;
    private final Watermarks watermarks;
    private final InstantSource clock;
    private final Unsettled unsettled;
    private final ChangedKeys changedKeys = new ChangedKeys();
    private final StreamWindows windows;
    private final FailingWindows failing;

    private Phase phase = Phase.IDLE;
    private Instant nextProbe = Instant.MIN;
    private long joinXid;
    private Instant started = Instant.MIN;
    private Instant nextWindow = Instant.MIN;

    /**
     * Creates a snapshotter that reads nothing until {@link #wake}.
     *
     * @param settings how much is read at once and in a second, and how long a stream may fail before it is told
     * @param topics opens a stream's topic
     */
    public Snapshotter(
            SnapshotReader reader,
            LedgerState ledger,
            String incarnation,
            InstantSource clock,
            RelaySettings settings,
            TopicOpener topics) {
        this.reader = reader;
        this.unsettled = new Unsettled(reader);
        this.ledger = ledger;
        this.watermarks = new Watermarks(reader, ledger, incarnation);
        this.clock = clock;
        this.windows = new StreamWindows(reader, ledger, topics, settings.snapshotLimits());
        this.failing = new FailingWindows(settings, clock);
    }

    /** Returns which streams could not be read for long. */
    FailingWindows failing() {
        return failing;
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
        if (windows.forget(changed)) {
            phase = Phase.IDLE;
            unsettled.clear();
            changedKeys.clear();
        }
    }

    /** Returns whether there is something to do soon, so that the log should not be waited for long. */
    public boolean isActive() {
        return phase != Phase.IDLE && (phase != Phase.PACED || windows.stream() != null);
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
            LOG.warn("A window begins again, since the source did not do what it needs: {}", e.getMessage());
            failing.failed(String.valueOf(e.getMessage()));
            windows.interrupt();
            nextProbe = clock.instant().plus(FAILURE_PAUSE);
            phase = phase == Phase.JOINING ? Phase.JOINING : Phase.FAILED;
            return 0;
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
                    windows.drop(changedKeys);
                }
                yield 0;
            }
        };
    }

    private int pace() {
        boolean due = !clock.instant().isBefore(nextWindow);
        if (due && windows.stream() != null) {
            return markLow();
        }
        if (!probe()) {
            return 0;
        }
        if (unsettled.areMany()) {
            unsettled.trim();
        }
        return due ? markLow() : 0;
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
        if (windows.stream() == null && !hasWork()) {
            rest();
            return 0;
        }
        watermarks.set();
        phase = Phase.AWAITING_LOW;
        return 1;
    }

    /** Nothing can be read now; what has failed is tried again without another joining, since transactions are noted on. */
    private void rest() {
        windows.release();
        failing.keepOnly(this::isWanted);
        if (failing.areAny()) {
            phase = Phase.PACED;
        } else {
            phase = Phase.IDLE;
            unsettled.release();
            failing.succeeded();
        }
    }

    private boolean isWanted(String stream) {
        StreamEntry entry = ledger.stream(stream);
        return entry != null && windows.wants(entry);
    }

    private @Nullable String nextStream() {
        for (StreamEntry e : ledger.streams()) {
            if (windows.wants(e) && !failing.holdsBack(e.stream())) {
                return e.stream();
            }
        }
        return null;
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
        if (!unsettled.isSettled()) {
            return 0;
        }
        failing.succeeded();
        return ofStream(this::startWindow);
    }

    /** Does a step that only the stream which is read can be the fault of; the others go on. */
    private int ofStream(IntSupplier step) {
        String stream = Objects.requireNonNull(windows.stream());
        try {
            return step.getAsInt();
        } catch (RetriableException e) {
            LOG.warn("A window of stream '{}' begins again: {}", stream, e.getMessage());
            failing.failed(stream, String.valueOf(e.getMessage()));
            windows.release();
            phase = Phase.PACED;
            return 0;
        } catch (ConfigurationException e) {
            // the table is not what can be captured
            abandon(stream);
            ledger.breakAndWarn(stream, ledger.boundary().position(), Harm.TABLE, String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private int startWindow() {
        if (!windows.start()) {
            return 0;
        }
        started = clock.instant();
        phase = Phase.READING;
        return 1;
    }

    private int read() {
        int done = ofStream(() -> windows.poll() ? 1 : 0);
        if (!windows.isRead()) {
            return done;
        }
        long rate = windows.rate();
        nextWindow = rate == 0 ? Instant.MIN : started.plusMillis(1000 * windows.looked() / rate);
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
                && changedStream.equals(windows.stream())) {
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
        String stream = Objects.requireNonNull(windows.stream());
        windows.drop(changedKeys);
        Optional<SnapshotWindow> complete = windows.complete(position);
        if (complete.isEmpty()) {
            abandon(stream);
        } else {
            failing.succeeded(stream);
        }
        return complete;
    }

    /** Chooses what the window after this watermark reads; its progress may not be in the ledger yet. */
    private void choose() {
        if (!windows.goOn()) {
            String next = nextStream();
            if (next == null) {
                rest();
                return;
            }
            windows.choose(next);
        }
        phase = clock.instant().isBefore(nextWindow) ? Phase.PACED : Phase.SETTLING;
        nextProbe = Instant.MIN;
    }

    @Override
    public void close() {
        windows.release();
        reader.close();
    }
}
