package dev.freshet.replica.port;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.StreamTarget;
import java.util.Collection;

/**
 * One connection to a copy's database, with one transaction at a time: it begins with the first call after a {@link #commit} or
 * {@link #rollback}, and what is written or locked lasts until the next one. Belongs to one thread.
 *
 * <p>Every method may throw a {@link StoreException}; the transaction is to be rolled back then, and where the connection was
 * lost the session closed.
 */
public interface CopySession extends AutoCloseable {
    /** Makes the tables in which the replica remembers, as far as they are missing, in a transaction of its own. */
    void prepare();

    /** Returns the rows of the replica's streams. */
    StreamRows streams();

    /** Returns the rows of the streams' partitions. */
    PositionRows positions();

    /** Returns the keys whose newest records the tables refuse. */
    ParkedRows parked();

    /** Returns the row that says which instance is active. */
    ActiveRow active();

    /** Returns the rows that tell how fresh the copy is. */
    ReportRows reports();

    /**
     * Returns a writer of live changes.
     *
     * @param targets the streams
     * @param schemas where schema records come from
     * @param mode how its batches stand to the session's transactions
     */
    BatchWriter writer(Collection<StreamTarget> targets, SchemaSource schemas, WriteMode mode);

    /**
     * Alters a table that holds an earlier fill so that the newest schema fits, if it needs it and all else fits, and commits:
     * the fill's own transaction would lock the copy's readers out until its end.
     *
     * @param row the stream's row, locked
     * @return whether it did; the locks of the transaction are gone then
     * @throws TableLockedException if the table's lock did not come before its readers would have waited for long; the
     *     transaction is to be rolled back
     */
    boolean alterForFill(StreamTarget target, SchemaRecord schema, StreamRow row);

    /**
     * Makes a table beside the stream's, to be filled and to take its place in this transaction.
     *
     * @param schema the stream's newest schema
     * @param row the stream's row, locked
     * @param schemas where the others come from
     * @throws dev.freshet.model.ConfigurationException if the table does not fit, with everything that is wrong
     */
    ShadowTable shadow(StreamTarget target, SchemaRecord schema, StreamRow row, SchemaSource schemas);

    /**
     * Makes a stream's table if it is missing, and deletes all of its rows, in this transaction: whoever reads meanwhile, or
     * with an older snapshot afterwards, reads the rows that were.
     *
     * @param schema the stream's newest schema
     * @param row the stream's row, locked
     * @throws dev.freshet.model.ConfigurationException if the table does not fit, with everything that is wrong
     */
    void empty(StreamTarget target, SchemaRecord schema, StreamRow row);

    /** Has the database see, in this transaction, what a stream's table holds, so that it plans queries for that. */
    void analyze(StreamTarget target);

    /**
     * Runs a step and commits, without waiting for locks for longer than readers of the table may be kept waiting.
     *
     * @param step what is to be done in this transaction
     * @return whether it was committed; if not, since a lock was not granted, the transaction is as it was before
     */
    boolean tryCommit(Runnable step);

    /** A part of a transaction. */
    @FunctionalInterface
    interface Step {
        /** Does it. */
        void run() throws InterruptedException;
    }

    /**
     * Runs a step of the transaction; if it fails, what it has written is taken back, and the transaction can go on unless the
     * connection was lost.
     *
     * @throws InterruptedException if the step does
     */
    void attempt(Step step) throws InterruptedException;

    /**
     * Ends the sessions of this replica that have been frozen in a transaction for longer than their limit; they hold locks
     * that others wait for. Commits.
     *
     * @return how many
     */
    int endFrozen();

    /**
     * Makes durable what the transaction has written, all or nothing. If it fails because the connection was lost, either may
     * be the case.
     */
    void commit();

    /** Takes back what the transaction has written. */
    void rollback();

    /** Closes the connection; what was not committed is taken back. */
    @Override
    void close();
}
