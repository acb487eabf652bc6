package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.internal.EventQueue;
import dev.freshet.model.DurationText;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** The open log: what the reader has decoded, with unchanged large values read back. */
final class PostgresLog implements ChangeLog {
    private static final int MAX_EVENTS = 4096;
    private static final long MAX_BYTES = 512 * 1024;
    private static final long RECHECK_NANOS = 2_000_000;
    private static final long BUSY_NANOS = 1_000_000;
    private static final long GATHER_NANOS = 250_000;
    private static final long GATHER_BYTES = 128 * 1024;

    private final String source;
    private final LogReader reader;
    private final EventQueue<Object> queue;
    private final ReadBack readBack;
    private final Duration readBackLimit;
    private final Map<String, String> options;
    private List<Object> held = List.of();
    private long heldSince;
    private long lastDrained = System.nanoTime() - BUSY_NANOS;

    PostgresLog(
            PostgresSettings settings,
            LogReader reader,
            EventQueue<Object> queue,
            ReadBack readBack,
            Map<String, String> options) {
        this.source = settings.source();
        this.reader = reader;
        this.queue = queue;
        this.readBack = readBack;
        this.readBackLimit = settings.readBackLimit();
        this.options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    @Override
    public List<LogEvent> poll(Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        if (held.isEmpty()) {
            if (!queue.await(wait.toNanos())) {
                return new ArrayList<>();
            }
            gather(wait);
            List<Object> items = new ArrayList<>();
            queue.drain(items, MAX_EVENTS, MAX_BYTES);
            held = items;
            heldSince = System.nanoTime();
            lastDrained = heldSince;
        }
        List<PendingRow> pending = new ArrayList<>();
        List<LogEvent> events = new ArrayList<>(held.size());
        for (Object item : held) {
            if (item instanceof PendingRow row) {
                pending.add(row);
            } else {
                add(events, (LogEvent) item);
            }
        }
        if (!pending.isEmpty()) {
            if (!awaitVisible(pending, deadline)) {
                return new ArrayList<>();
            }
            events = completed(readBack.complete(pending));
        }
        held = List.of();
        return events;
    }

    /**
     * Lets a batch grow where events come in quick succession: without it each small transaction of a backlog would wake
     * the poller, and both threads would do little else. Where they come a millisecond apart or more, nothing waits.
     */
    private void gather(Duration wait) {
        if (!wait.isZero() && System.nanoTime() - lastDrained < BUSY_NANOS && queue.bytes() < GATHER_BYTES) {
            LockSupport.parkNanos(this, GATHER_NANOS);
        }
    }

    private boolean awaitVisible(List<PendingRow> pending, long deadline) throws InterruptedException {
        while (!readBack.visible(pending)) {
            long now = System.nanoTime();
            if (now - heldSince > readBackLimit.toNanos()) {
                throw new RetriableException("Source '" + source + "': the transaction "
                        + pending.get(0).xid()
                        + " stands in the log as committed, but for " + DurationText.of(readBackLimit)
                        + " it has not become visible, so"
                        + " that its unchanged large values cannot be read back. Is its commit waiting for a synchronous"
                        + " stand-by (synchronous_standby_names)? Freshet tries again");
            }
            if (now >= deadline) {
                return false;
            }
            LockSupport.parkNanos(this, RECHECK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("Interrupted while waiting for a transaction to become visible");
            }
        }
        return true;
    }

    private List<LogEvent> completed(IdentityHashMap<PendingRow, LogEvent> rows) {
        List<LogEvent> events = new ArrayList<>(held.size());
        for (Object item : held) {
            add(
                    events,
                    item instanceof PendingRow row
                            ? Objects.requireNonNull(rows.get(row), "a row that was read back")
                            : (LogEvent) item);
        }
        return events;
    }

    /** Adds an event; one place reached after another makes the former one needless. */
    private static void add(List<LogEvent> events, LogEvent event) {
        int last = events.size() - 1;
        if (event instanceof LogEvent.Reached && last >= 0 && events.get(last) instanceof LogEvent.Reached) {
            events.set(last, event);
        } else {
            events.add(event);
        }
    }

    @Override
    public void confirm(long lsn) {
        reader.confirm(lsn);
    }

    @Override
    public Map<String, String> options() {
        return options;
    }

    @Override
    public void close() {
        reader.close();
        readBack.close();
    }
}
