package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Sends what stands in the table, of this process and of others of the source. Has a thread of its own.
 *
 * <p>Rows are locked while they are sent and deleted in the same transaction afterwards: a process that dies in between sends
 * them again, with the same {@code ce_id}. While Kafka takes none, fewer rows are tried at a time, others each
 * time.
 */
final class Drain {
    private static final int MOST = 500;
    private static final int FEW = 100;
    private static final long MOST_BYTES = 8L << 20;
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration SPARE = Duration.ofSeconds(10);

    private final SeldomLog log = new SeldomLog(LoggerFactory.getLogger(Drain.class));
    private final EventLoop thread;
    private final UndeliveredTable table;
    private final Supplier<CompletableFuture<Void>> refresh;
    private final Consumer<List<Entry>> sender;
    private final long limitMillis;
    private int failed;
    private long after;
    private volatile long kept;

    /**
     * Creates it.
     *
     * @param refresh learns which keys others have parked meanwhile, of whose rows a later one may be taken now
     * @param sender sends entries, or completes them with a {@link RetriableException} that says why not now
     * @param delivery how long the sender may take for an entry
     */
    Drain(
            EventLoop thread,
            UndeliveredTable table,
            Supplier<CompletableFuture<Void>> refresh,
            Consumer<List<Entry>> sender,
            Duration delivery) {
        this.thread = thread;
        this.table = table;
        this.refresh = refresh;
        this.sender = sender;
        this.limitMillis = delivery.multipliedBy(2).plus(SPARE).toMillis();
    }

    void start() {
        thread.execute(this::round);
    }

    /** Returns how many rows there were when they were last counted. */
    long kept() {
        return kept;
    }

    private void round() {
        long pause = PAUSE_NANOS;
        try {
            kept = table.count();
            if (kept > 0) {
                boolean more = table.transact("Sending kept events", this::sendSome);
                pause = failed > 0 ? Backoff.nanos(failed) : more ? 0 : PAUSE_NANOS;
            }
        } catch (FreshetException e) {
            log.warn("What is kept could not be sent and is tried again: " + e.getMessage());
        }
        thread.schedule(this::round, pause);
    }

    /** Returns whether there may be more to send. */
    private boolean sendSome(Connection connection) throws SQLException {
        List<Entry> taken = table.take(connection, after, failed == 0 ? MOST : FEW, MOST_BYTES);
        List<Entry> gone = taken.isEmpty() || !knowsParked() ? List.of() : send(taken);
        table.delete(connection, gone);
        boolean wraps = taken.isEmpty() && after > 0;
        if (!gone.isEmpty() || (taken.isEmpty() && !wraps)) {
            failed = 0;
        } else if (!wraps) {
            failed++;
        }
        after = gone.size() < taken.size() ? newestHead(taken) : 0;
        return !taken.isEmpty() || wraps;
    }

    /** Asked behind the locks of the rows: a row before them that became a letter is gone, and its letter there. */
    private boolean knowsParked() {
        try {
            refresh.get().get(limitMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            log.warn("What is kept is not sent yet, since it is not known which keys are parked: "
                    + (e.getCause() == null ? e : e.getCause()).getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted while sending kept events: the publisher closes", e);
        }
    }

    /** Those that cannot be sent now must not keep others from being tried: they have their turn again after all of these. */
    private static long newestHead(List<Entry> taken) {
        Set<LaneKey> seen = new HashSet<>();
        return taken.stream()
                .filter(entry -> entry.lane().map(seen::add).orElse(true))
                .mapToLong(entry -> entry.row)
                .max()
                .orElse(0);
    }

    /** Returns those that are where they belong. */
    private List<Entry> send(List<Entry> taken) {
        sender.accept(taken);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        List<Entry> gone = new ArrayList<>();
        for (Entry entry : taken) {
            try {
                entry.outcome.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                gone.add(entry);
            } catch (ExecutionException e) {
                log.warn("The kept " + entry.event + " could not be sent and is tried again: "
                        + (e.getCause() == null ? e : e.getCause()).getMessage());
            } catch (TimeoutException e) {
                // the sender leaves out what is answered; what is on its way may still be sent: twice is better than
                // never
                if (!entry.outcome.completeExceptionally(new RetriableException("Not sent in time", e))) {
                    gone.add(entry);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RetriableException("Interrupted while sending kept events: the publisher closes", e);
            }
        }
        return gone;
    }

    /** Begins no further round. */
    void finish() {
        thread.finish();
    }

    /** Waits for the present round to end, then interrupts it. */
    void stop(Duration limit) throws InterruptedException {
        thread.await(limit);
        thread.stop();
    }
}
