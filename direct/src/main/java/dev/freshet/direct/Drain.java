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
 * them again, with the same {@code ce_id}. What cannot be sent has its turn again once the rest of the table had its own, or so many
 * rounds later. While Kafka takes none, fewer rows are tried at a time.
 */
final class Drain {
    private static final String NOT_KNOWN =
            "What is kept and has a key is not sent yet, since it is not known which keys are parked: ";
    private static final int MOST = 500;
    private static final int FEW = 100;
    private static final long MOST_BYTES = 8L << 20;
    /** After so many rounds it begins at the oldest row again, though it has not come to the newest: they may come for ever. */
    private static final int MOST_ROUNDS = 50;

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration SPARE = Duration.ofSeconds(10);
    /** The rows are locked meanwhile. A reading that takes longer goes on, and the next round finds less to be read. */
    private static final Duration REFRESH_LIMIT = Duration.ofSeconds(5);

    private final SeldomLog log = new SeldomLog(LoggerFactory.getLogger(Drain.class));
    private final SeldomLog outages = SeldomLog.ofOutages();
    private final EventLoop thread;
    private final UndeliveredTable table;
    private final Supplier<CompletableFuture<Void>> refresh;
    private final Consumer<List<Entry>> sender;
    private final long limitMillis;
    /** How many rounds have sent nothing, one after the other. */
    private int failed;

    private int rounds;
    /** The newest row that had its turn, the oldest of its key; 0 to begin anew. */
    private long after;

    private volatile long kept;

    /**
     * Creates it.
     *
     * @param refresh learns which keys others have parked meanwhile, of whose rows a later one may be taken now; what it gives is
     *     cancelled if that takes too long
     * @param sender sends entries, or completes them with an exception that says why not now
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
            } else {
                after = 0;
                failed = 0;
            }
        } catch (FreshetException e) {
            tell("What is kept could not be sent and is tried again: ", e);
        }
        thread.schedule(this::round, pause);
    }

    /** Returns whether there may be more to send. */
    private boolean sendSome(Connection connection) throws SQLException {
        List<Entry> taken = table.take(connection, after, failed == 0 ? MOST : FEW, MOST_BYTES);
        List<Entry> gone = taken.isEmpty() ? List.of() : send(taken);
        table.delete(connection, gone);
        boolean wraps = taken.isEmpty() && after > 0;
        if (!gone.isEmpty() || (taken.isEmpty() && !wraps)) {
            failed = 0;
        } else if (!wraps) {
            failed++;
        }
        rounds = taken.isEmpty() ? 0 : (rounds + 1) % MOST_ROUNDS;
        after = rounds == 0 ? 0 : newestHead(taken);
        return !taken.isEmpty() || wraps;
    }

    /** Asked behind the locks of the rows: a row before them that became a letter is gone, and its letter there. */
    private boolean knowsParked() {
        CompletableFuture<Void> known = refresh.get();
        try {
            known.get(REFRESH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            tell(NOT_KNOWN, e.getCause() == null ? e : e.getCause());
            return false;
        } catch (TimeoutException e) {
            known.cancel(false);
            tell(
                    NOT_KNOWN,
                    new RetriableException(
                            "the dead letters could not be read within " + REFRESH_LIMIT.toSeconds() + " s", e));
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

    /** Returns those that are where they belong. Without a key none is parked, so that it need not be known which keys are. */
    private List<Entry> send(List<Entry> taken) {
        List<Entry> keyless =
                taken.stream().filter(entry -> entry.lane().isEmpty()).toList();
        List<Entry> keyed =
                taken.stream().filter(entry -> entry.lane().isPresent()).toList();
        sender.accept(keyless);
        if (keyed.isEmpty() || !knowsParked()) {
            return sent(keyless);
        }
        sender.accept(keyed);
        return sent(taken);
    }

    private List<Entry> sent(List<Entry> entries) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        List<Entry> gone = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                entry.outcome.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                gone.add(entry);
            } catch (ExecutionException e) {
                tell(
                        "The kept " + entry.event + " could not be sent and is tried again: ",
                        e.getCause() == null ? e : e.getCause());
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

    private void tell(String what, Throwable e) {
        (e instanceof RetriableException ? outages : log).warn(what + e.getMessage());
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
