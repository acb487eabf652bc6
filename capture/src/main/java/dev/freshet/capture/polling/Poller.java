package dev.freshet.capture.polling;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.internal.EventQueue;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers and reads, in steps, and fills the queue. While that is full, as when Kafka is away, it does nothing else but give the
 * server a word, so that its session keeps the lock. The steps and their end belong to one thread at a time, which a
 * {@link PollingRuntime} has; what may be called by others says so.
 */
public final class Poller implements Delivery.Sink {
    private static final Duration BOOKS = Duration.ofSeconds(10);
    private static final long FULL_WAIT_NANOS = 50_000_000;
    private static final int REPLAYED_RUNS = 1_000;
    private static final int WORDS_A_LEASE = 4;

    private final PollingSettings settings;
    private final PolledStore store;
    private final PolledSession session;
    private final PollingRuntime runtime;
    private final Numbering numbering;
    private final int epoch;
    private final Delivery delivery;
    private final EventQueue<LogEvent> queue;
    private final AtomicLong confirmed;
    private volatile boolean stopped;
    private long replayed;
    private boolean replaying = true;
    private long bookedNumber;
    private long bookedSeq;
    private long bookedNanos;
    private long wordNanos;

    /**
     * Creates a poller.
     *
     * @param session its session, which holds the lock; it closes it
     * @param start the number of the first event to give
     * @param state what stood in the database when the session had the lock
     */
    Poller(
            PollingSettings settings,
            PolledStore store,
            PolledSession session,
            PollingRuntime runtime,
            Numbering numbering,
            int epoch,
            long start,
            State state,
            EventQueue<LogEvent> queue) {
        this.settings = settings;
        this.store = store;
        this.session = session;
        this.runtime = runtime;
        this.numbering = numbering;
        this.epoch = epoch;
        this.delivery = new Delivery(settings, epoch, this);
        this.queue = queue;
        this.replayed = start;
        this.confirmed = new AtomicLong(state.confirmed());
        this.bookedNumber = state.confirmed();
        this.bookedSeq = state.settled();
        this.bookedNanos = runtime.nanoTime();
        this.wordNanos = bookedNanos;
    }

    /** Takes note of what is in Kafka; by any thread. */
    void confirm(long number) {
        confirmed.accumulateAndGet(number, Math::max);
    }

    /** Returns the epoch of the positions that it gives; by any thread. */
    public int epoch() {
        return epoch;
    }

    /** Returns its session. */
    PolledSession session() {
        return session;
    }

    /** Returns whether rows may come below the last one that was seen. */
    boolean hasGaps() {
        return numbering.hasGaps();
    }

    /** Tells it to end; by any thread. */
    public void stop() {
        stopped = true;
    }

    /** Cuts its session off, so that what it still does fails; by any thread. */
    public void cut() {
        session.abort();
    }

    /** Returns whether it was told to end; by any thread. */
    public boolean isStopped() {
        return stopped;
    }

    /**
     * Does a step: gives again some of what had a number already, or does a round.
     *
     * @return how much it has found; after 0 it may rest
     * @throws RuntimeException what it is to be told by {@link #fail}
     */
    public int doWork() throws InterruptedException {
        if (replaying) {
            replay();
            return 1;
        }
        List<Numbering.Numbered> found = numbering.round(session);
        for (Numbering.Numbered run : found) {
            delivery.give(session, run.run(), run.heads());
        }
        if (runtime.nanoTime() - bookedNanos > BOOKS.toNanos()) {
            keepBooks();
        }
        return found.size();
    }

    /** Ends it in order: writes the last confirmation. */
    public void close() {
        try {
            keepBooks();
            end(new FreshetException("The log was closed"));
        } catch (PolledFailure e) {
            fail(e);
        }
    }

    /** Ends it by what its work was ended by. */
    public void fail(Throwable cause) {
        end(told(cause));
    }

    private FreshetException told(Throwable cause) {
        if (cause instanceof InterruptedException && stopped) {
            return new FreshetException("The log was closed", cause);
        }
        if (cause instanceof InterruptedException) {
            return new FreshetException("The log's thread was interrupted", cause);
        }
        if (cause instanceof PolledFailure failure) {
            return stopped
                    ? new FreshetException("The log was closed", failure)
                    : store.failed("the outbox table could not be polled", failure);
        }
        return cause instanceof FreshetException known
                ? known
                : new FreshetException(
                        "The outbox table '" + settings.table() + "' of source '" + settings.source()
                                + "' could not be polled: " + cause.getMessage() + ". Nothing after it is read",
                        cause);
    }

    private void end(FreshetException failure) {
        session.close();
        queue.fail(failure);
    }

    /** Gives again some of what has a number already, from one on. */
    private void replay() throws InterruptedException {
        long before = replayed;
        if (before < numbering.next()) {
            for (NumberedRun run : session.numbered(before, REPLAYED_RUNS)) {
                if (run.end() > replayed) {
                    requireGapless(replayed, run.number());
                    delivery.again(session, run.number() < replayed ? run.from(run.seqOf(replayed)) : run);
                    replayed = run.end();
                }
            }
            if (replayed == before) {
                requireGapless(replayed, numbering.next());
            }
        } else {
            accept(new LogEvent.Reached(numbering.next()), Delivery.EVENT_BYTES, true);
            replaying = false;
        }
    }

    private void requireGapless(long at, long found) {
        if (found > at) {
            throw new LossException("The numbers from " + at + " to " + (found - 1) + " are gone from "
                    + settings.schema() + ".freshet_outbox_number, so that nobody knows which events had them");
        }
    }

    /** Writes down what a later log need not look at again; seldom, since each time leaves a dead version of a row. */
    private void keepBooks() {
        long number = confirmed.get();
        long seq = numbering.settled();
        bookedNanos = runtime.nanoTime();
        if (number != bookedNumber || seq != bookedSeq) {
            session.confirm(number, seq);
            bookedNumber = number;
            bookedSeq = seq;
        }
    }

    @Override
    public void accept(LogEvent event, int bytes, boolean last) throws InterruptedException {
        while (!queue.offer(event, bytes, last, FULL_WAIT_NANOS)) {
            if (stopped) {
                throw new InterruptedException("The log is being closed");
            }
            long now = runtime.nanoTime();
            if (now - wordNanos > settings.lease().toNanos() / WORDS_A_LEASE) {
                wordNanos = now;
                session.giveWord();
            }
        }
    }
}
