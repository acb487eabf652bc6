package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables beside the log, window by window.
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
 *       already, with everything that the row had), and the others are written at the high watermark's position.
 *   <li>The high watermark is the next window's low one, so that the next window is read while this one is written.
 * </ol>
 *
 * <p>Watermarks carry the relay's incarnation; those of others are passed over, so that a window never goes on after a
 * crash: it begins again from the progress in the ledger.
 */
public final class Snapshotter implements AutoCloseable {
    /** How many changed keys are noted at most while a window is read; then the log waits for the reading. */
    static final int MAX_CHANGED_KEYS = 200_000;

    private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(20);
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private enum Phase {
        IDLE,
        JOINING,
        AWAITING_LOW,
        SETTLING,
        READING,
        AWAITING_HIGH,
        FAILED
    }

    private final SnapshotReader reader;
    private final LedgerState ledger;
    private final String incarnation;
    private final InstantSource clock;
    private final Set<Long> settling = new HashSet<>();
    private final Set<Long> streamed = new HashSet<>();
    private final Set<ByteBuffer> changedKeys = new HashSet<>();
    private Phase phase = Phase.IDLE;
    private Instant nextProbe = Instant.MIN;
    private long joinXid;
    private int mark;
    private @Nullable String stream;
    private SnapshotProgress progress = new SnapshotProgress("", 0, -1);
    private @Nullable WindowRows rows;
    private @Nullable String finished;

    /** Creates a snapshotter that reads nothing until {@link #join}. */
    public Snapshotter(SnapshotReader reader, LedgerState ledger, String incarnation, InstantSource clock) {
        this.reader = reader;
        this.ledger = ledger;
        this.incarnation = incarnation;
        this.clock = clock;
    }

    /** Begins to wait for the end of the transactions that are open now; to be called after the publication has changed. */
    public void join() {
        if (nextStream() != null) {
            joinXid = reader.allotTransactionId();
            phase = Phase.JOINING;
        }
    }

    /** Returns whether there is something to do, so that the log should not be waited for long. */
    public boolean isActive() {
        return phase != Phase.IDLE;
    }

    /** Returns whether the log has to wait for the reading, since too many keys have changed meanwhile. */
    public boolean holdsLog() {
        return phase == Phase.READING && changedKeys.size() >= MAX_CHANGED_KEYS;
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
            reader.cancelWindow();
            rows = null;
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
            case SETTLING -> settle();
            case READING -> read();
            case AWAITING_HIGH -> {
                if (changedKeys.size() >= MAX_CHANGED_KEYS) {
                    dropChanged();
                }
                yield 0;
            }
        };
    }

    private int join(long xid) {
        if (!probe()) {
            return 0;
        }
        if (!streamed.isEmpty()) {
            streamed.retainAll(reader.invisible(streamed));
        }
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
        if (stream == null && nextStream() == null) {
            phase = Phase.IDLE;
            return 0;
        }
        reader.mark(text(++mark));
        phase = Phase.AWAITING_LOW;
        return 1;
    }

    private String text(int number) {
        return incarnation + '/' + number;
    }

    /** Returns a stream to be read; one whose last window is on its way into the topic is none. */
    private @Nullable String nextStream() {
        for (StreamEntry e : ledger.streams()) {
            if (e.status() == StreamStatus.SNAPSHOTTING && !e.stream().equals(finished)) {
                return e.stream();
            }
        }
        return null;
    }

    private int settle() {
        if (changedKeys.size() >= MAX_CHANGED_KEYS) {
            // A commit takes long to become visible; from a new low watermark on there is less to remember.
            return markLow();
        }
        if (!settling.isEmpty()) {
            if (!probe()) {
                return 0;
            }
            settling.retainAll(reader.invisible(settling));
        }
        return settling.isEmpty() ? startWindow() : 0;
    }

    private int startWindow() {
        String name = Objects.requireNonNull(stream, "a stream is chosen when its low watermark arrives");
        try {
            reader.startWindow(name, progress.resume());
        } catch (LossException rewritten) {
            progress = new SnapshotProgress("", 0, reader.estimateRows(name));
            reader.startWindow(name, "");
        }
        phase = Phase.READING;
        return 1;
    }

    private int read() {
        Optional<WindowRows> read = reader.pollWindow();
        if (read.isEmpty()) {
            return 0;
        }
        rows = read.get();
        reader.mark(text(++mark));
        phase = Phase.AWAITING_HIGH;
        return 1;
    }

    /** Takes note of a transaction of the log. */
    public void onTransaction(long xid) {
        if (phase != Phase.IDLE) {
            streamed.add(xid);
        }
    }

    /** Takes note of a changed key. */
    public void onChange(String changedStream, byte[] key) {
        if ((phase == Phase.SETTLING || phase == Phase.READING || phase == Phase.AWAITING_HIGH)
                && changedStream.equals(stream)) {
            changedKeys.add(ByteBuffer.wrap(key));
        }
    }

    /**
     * Takes note of a watermark in the log.
     *
     * @return the window that it completes, ready to be written at its position; empty for any other watermark
     */
    public Optional<Window> onMark(String text, Position position) {
        if (!text.equals(text(mark)) || (phase != Phase.AWAITING_LOW && phase != Phase.AWAITING_HIGH)) {
            return Optional.empty();
        }
        Optional<Window> complete = phase == Phase.AWAITING_HIGH ? complete(position) : Optional.empty();
        changedKeys.clear();
        settling.addAll(streamed);
        streamed.clear();
        choose();
        return complete;
    }

    private Optional<Window> complete(Position position) {
        dropChanged();
        WindowRows window = Objects.requireNonNull(rows, "rows are read before the high watermark is set");
        rows = null;
        StreamEntry entry = ledger.stream(window.stream());
        if (entry == null || entry.status() != StreamStatus.SNAPSHOTTING) {
            stream = null;
            return Optional.empty();
        }
        long done = progress.rowsDone() + window.rows().size();
        progress = new SnapshotProgress(window.resume(), done, progress.rowsEstimated());
        Window complete = new Window(window, position, progress);
        if (window.last()) {
            stream = null;
            finished = window.stream();
        }
        return Optional.of(complete);
    }

    private void dropChanged() {
        WindowRows window = rows;
        if (window != null && !changedKeys.isEmpty()) {
            window.rows().removeIf(r -> changedKeys.contains(ByteBuffer.wrap(r.key())));
            changedKeys.clear();
        }
    }

    /** Chooses what the window after this watermark reads; its progress may not be in the ledger yet. */
    private void choose() {
        String current = stream;
        StreamEntry entry = current == null ? null : ledger.stream(current);
        if (entry == null || entry.status() != StreamStatus.SNAPSHOTTING) {
            current = nextStream();
            if (current == null) {
                stream = null;
                phase = Phase.IDLE;
                settling.clear();
                return;
            }
            stream = current;
            progress = Objects.requireNonNull(
                    Objects.requireNonNull(ledger.stream(current)).snapshot());
            if (progress.rowsEstimated() < 0) {
                progress = new SnapshotProgress(progress.resume(), progress.rowsDone(), reader.estimateRows(current));
            }
        }
        phase = Phase.SETTLING;
        nextProbe = Instant.MIN;
    }

    @Override
    public void close() {
        reader.close();
    }

    /**
     * Rows to be written.
     *
     * @param rows the rows, without those that the log has changed meanwhile
     * @param position the high watermark's position; the rows get sub-ordinals from 1
     * @param progress the progress once they are written
     */
    public record Window(WindowRows rows, Position position, SnapshotProgress progress) {}
}
