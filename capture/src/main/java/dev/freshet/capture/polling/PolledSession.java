package dev.freshet.capture.polling;

import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import java.util.List;
import java.util.Optional;

/**
 * A session with a polled database. Each method is one statement, or one transaction, and sees what is committed when it begins.
 * Belongs to one thread. Every method but {@link #isClosed}, {@link #close} and {@link #abort} throws a {@link PolledFailure} if the
 * database refuses it, or is gone; whether it was done is not known then.
 */
public interface PolledSession extends AutoCloseable {
    /**
     * A row without its content.
     *
     * @param bytes about how many bytes it has
     */
    record Head(long seq, long bytes) {}

    /**
     * The rows above a seq.
     *
     * @param began when the look began, or earlier, by the database's clock, in microseconds since 1970
     */
    record Look(long began, List<Head> heads) {}

    /** A row with its content. */
    record Content(long seq, OutboxReader.Row row) {}

    /** Reads what the database keeps of the numbering, in one snapshot. */
    State state();

    /** Returns the name of this history, which the first one to ask gives it. */
    String identity();

    /**
     * Makes the slot, from whose first number on everything is numbered that the table has.
     *
     * @return that number, which no row had
     * @throws dev.freshet.model.ConfigurationException if there is one
     */
    long begin();

    /** Takes the slot away; the numbers stay, so that none is given twice. */
    void end();

    /** Notes up to where everything is in Kafka, and what is settled. */
    void confirm(long confirmed, long settled);

    /** Adds runs, all of them or none; durable when it returns. */
    void add(List<NumberedRun> runs, long high, long settled);

    /** Returns the runs from the one with a number on, at most so many. */
    List<NumberedRun> numbered(long from, int most);

    /** Returns the first numbered runs above a seq, in the order of their seq, at most so many. */
    List<Run> runsAbove(long seq, int most);

    /**
     * Returns up to which seq every row is numbered below a number, or can never come.
     *
     * @param state what was read before
     */
    long sentSeq(State state, long below);

    /** Forgets runs that nobody needs any more: all of their rows are in Kafka, and no gap is below. The last one stays. */
    void forget(State state);

    /** Looks at the first rows above a seq, at most so many. */
    Look above(long seq, int most);

    /** Returns how many ranges {@link #in} may be asked for at once, from 1. */
    int rangesAtOnce();

    /** Returns the rows in ranges, in the order of their seq, at most so many: the later ones are left out. */
    List<Head> in(List<Run> ranges, int most);

    /** Reads a run's rows, those that are there, in their order. */
    List<Content> contents(Run run);

    /** Returns the last {@code seq} that was drawn, 0 for none; or the greatest number where it cannot be told now. */
    long lastSeq();

    /**
     * Takes the lock of the one that numbers, which the session holds until it ends, after its last transaction.
     *
     * @return whether it has it
     */
    boolean lock();

    /**
     * Has the server end the session once it has given no word for {@link PollingSettings#lease()}, since its host may be lost, or
     * stand still: its lock is another one's then.
     */
    void lease();

    /** Gives the server a word, so that it does not end the session. */
    void giveWord();

    /** Returns the session that holds the lock. */
    Optional<Integer> lockHolder();

    /** Ends a session; one that has ended already is nothing. */
    void terminate(int session);

    /** Returns who may have drawn a {@code seq} and not ended, as {@link PolledDatabase#writers} tells it. */
    Optional<List<Writer>> writers();

    /** Returns how the session sleeps until a row is committed; empty if it cannot. */
    Optional<PolledDatabase.Sleep> sleep();

    /** Returns what is missing for all this, a sentence each with the way out. */
    List<String> problems();

    /** Returns what the table shows now, its text as {@link #clear} understands it, at place 0 of the log. */
    OutboxSnapshot shown();

    /** Returns what keeps the outbox table from being cleared, a sentence with the way out. */
    Optional<String> clearingProblem();

    /**
     * Clears the outbox table.
     *
     * @param sent all that it shows is sent
     * @param sentSeq up to which {@code seq} everything is sent
     * @return how many partitions or rows are gone
     */
    int clear(OutboxSnapshot sent, long sentSeq, OutboxRetention retention);

    /** Returns whether it is known to have ended. */
    boolean isClosed();

    /** Ends it in order; a failure there changes nothing. */
    @Override
    void close();

    /** Cuts it off; by any thread. */
    void abort();
}
