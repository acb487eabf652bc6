package dev.freshet.capture.polling;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.internal.EventQueue;
import dev.freshet.capture.internal.ReaderThread;
import dev.freshet.capture.internal.Session;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbers, reads and sleeps on a thread of its own, and fills the queue. While the queue is full, as when Kafka is away, it does
 * nothing else but give the server a word, so that its session keeps the lock.
 */
final class Poller implements Delivery.Sink {
    private static final Duration BOOKS = Duration.ofSeconds(10);
    private static final long FULL_WAIT_NANOS = 50_000_000;
    private static final int REPLAYED_RUNS = 1_000;
    private static final int WORDS_A_LEASE = 4;

    private final PollingSettings settings;
    private final PolledDatabase database;
    private final Connection connection;
    private final Numbers numbers;
    private final Numbering numbering;
    private final Pace pace;
    private final Delivery delivery;
    private final EventQueue<LogEvent> queue;
    private final AtomicLong confirmed;
    private final Thread thread;
    private volatile boolean closing;
    private long bookedNumber;
    private long bookedSeq;
    private long bookedNanos = System.nanoTime();
    private long wordNanos = System.nanoTime();

    /**
     * Creates a poller that does nothing until {@link #start}.
     *
     * @param connection its session, which holds the lock; it closes it
     * @param start the number of the first event to give
     * @param state what stood in the database when the session had the lock
     */
    Poller(
            PollingSettings settings,
            PolledDatabase database,
            Connection connection,
            Numbers numbers,
            Rows rows,
            Numbering numbering,
            Pace pace,
            int epoch,
            long start,
            State state,
            EventQueue<LogEvent> queue) {
        this.settings = settings;
        this.database = database;
        this.connection = connection;
        this.numbers = numbers;
        this.numbering = numbering;
        this.pace = pace;
        this.delivery = new Delivery(settings, epoch, rows, this);
        this.queue = queue;
        this.confirmed = new AtomicLong(state.confirmed());
        this.bookedNumber = state.confirmed();
        this.bookedSeq = state.settled();
        this.thread = new Thread(() -> run(start), "freshet-poll-" + settings.source());
        this.thread.setDaemon(true);
    }

    /** Starts the thread. */
    void start() {
        thread.start();
    }

    /** Takes note of what is in Kafka; by any thread. */
    void confirm(long number) {
        confirmed.accumulateAndGet(number, Math::max);
    }

    private void run(long start) {
        FreshetException failure;
        try {
            replay(start);
            loop();
            failure = new FreshetException("The log was closed");
        } catch (InterruptedException e) {
            failure = new FreshetException("The log's thread was interrupted", e);
        } catch (SQLException e) {
            failure = closing
                    ? new FreshetException("The log was closed", e)
                    : database.failed("the outbox table could not be polled", e);
        } catch (FreshetException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new FreshetException(
                    "The outbox table '" + settings.table() + "' of source '" + settings.source()
                            + "' could not be polled: " + e.getMessage() + ". Nothing after it is read",
                    e);
        }
        Session.closeQuietly(connection);
        queue.fail(failure);
    }

    /** Gives again what has a number already, from one on. */
    private void replay(long start) throws SQLException, InterruptedException {
        long at = start;
        while (at < numbering.next() && !closing) {
            long before = at;
            for (NumberedRun run : numbers.from(connection, at, REPLAYED_RUNS)) {
                if (run.end() > at) {
                    requireGapless(at, run.number());
                    delivery.again(connection, run.number() < at ? run.from(run.seqOf(at)) : run);
                    at = run.end();
                }
            }
            if (at == before) {
                requireGapless(at, numbering.next());
            }
        }
        accept(new LogEvent.Reached(numbering.next()), Delivery.EVENT_BYTES, true);
    }

    private void requireGapless(long at, long found) {
        if (found > at) {
            throw new LossException("The numbers from " + at + " to " + (found - 1) + " are gone from "
                    + settings.schema() + ".freshet_outbox_number, so that nobody knows which events had them");
        }
    }

    private void loop() throws SQLException, InterruptedException {
        while (!closing) {
            List<Numbering.Numbered> found = numbering.round(connection);
            if (found.isEmpty()) {
                pace.rest(!numbering.hasGaps(), () -> closing);
            } else {
                pace.work();
                for (Numbering.Numbered run : found) {
                    delivery.give(connection, run.run(), run.heads());
                }
            }
            if (System.nanoTime() - bookedNanos > BOOKS.toNanos()) {
                keepBooks();
            }
        }
        keepBooks();
    }

    /** Writes down what a later log need not look at again; seldom, since each time leaves a dead version of a row. */
    private void keepBooks() throws SQLException {
        long number = confirmed.get();
        long seq = numbering.settled();
        bookedNanos = System.nanoTime();
        if (number != bookedNumber || seq != bookedSeq) {
            numbers.confirm(connection, number, seq);
            bookedNumber = number;
            bookedSeq = seq;
        }
    }

    @Override
    public void accept(LogEvent event, int bytes, boolean last) throws SQLException, InterruptedException {
        while (!queue.offer(event, bytes, last, FULL_WAIT_NANOS)) {
            if (closing) {
                throw new InterruptedException("The log is being closed");
            }
            long now = System.nanoTime();
            if (now - wordNanos > settings.lease().toNanos() / WORDS_A_LEASE) {
                wordNanos = now;
                giveWord();
            }
        }
    }

    private void giveWord() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    /** Writes the last confirmation and ends the thread; a connection that does not answer is cut. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        ReaderThread.awaitEnd(thread, connection);
    }
}
