package dev.freshet.replica.port;

import dev.freshet.stream.StreamRecord;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Writes live changes into the copies' tables: a batch is staged, then written in the session's transaction, then cleared.
 * Belongs to its session's thread.
 */
public interface BatchWriter extends AutoCloseable {
    /**
     * Takes a batch in, with {@link WriteMode#BATCHES} outside of a transaction: a table that a new version of the schema
     * alters is altered in one of its own. A table whose lock does not come is not asked for it again until {@link #askAgain}:
     * whoever waits for it makes the table's readers wait.
     *
     * @param lastOfEachKey by key the records that are left to write, one map a topic; not changed until {@link #clear}
     * @param repeated the keys of which the batch had more records than the last
     * @throws RecordException if a record is at fault and it is known which, or {@link RecordException#isTableLocked waits}
     * @throws InterruptedException if the thread is interrupted
     */
    void stage(Collection<? extends Map<RecordKey, StreamRecord>> lastOfEachKey, Set<RecordKey> repeated)
            throws InterruptedException;

    /**
     * Writes what was staged, within the session's transaction.
     *
     * @throws RecordException if a record is at fault and it is known which
     */
    void write();

    /**
     * Returns whether the batch that was just refused, staged once more, is written in another way, which may be taken.
     */
    boolean hasAnotherWay(StoreException refused);

    /** Forgets the batch, and gives up what is still being sent of it; the transaction can only be rolled back in that case. */
    void clear();

    /** Has the tables' shapes read again before the next batch. */
    void forgetTables();

    /** Has the table of a topic be asked for its lock again by the next record that needs it altered. */
    void askAgain(String topic);

    /** Lets go of what the session holds for it. */
    @Override
    void close();
}
