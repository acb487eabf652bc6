package dev.freshet.replica.apply;

import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.FencedException;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.StreamRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a batch of records and moves their partitions on, in one transaction (the protocol's I4).
 *
 * <p>The position rows come first: they fence a former owner before it has touched a row, and hold a new owner's take-over
 * until this transaction has ended. Within the batch the last record of a key wins; only it is parsed.
 */
public final class BatchApplier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);

    private final CopySession db;
    private final String replica;
    private final BatchWriter writer;
    private final LastOfEachKey last = new LastOfEachKey();
    /** Up to which epoch no report tells an earlier one. */
    private int epoch;

    /**
     * Creates an applier.
     *
     * @param db its own session
     * @param replica the replica's name
     * @param writer the session's writer
     */
    public BatchApplier(CopySession db, String replica, BatchWriter writer) {
        this.db = db;
        this.replica = replica;
        this.writer = writer;
    }

    /**
     * Applies records and commits.
     *
     * @param records those that were not applied before, of partitions that the caller owns; per partition in order
     * @param moved all partitions that move, as they shall be afterwards
     * @param mended by stream the parked keys that have a record among these
     * @throws FencedException if a partition has another owner; nothing was done
     * @throws RecordException if a record is at fault and it is known which; nothing was done
     * @throws StoreException for everything else; nothing was done, unless the connection was lost at the commit
     * @throws InterruptedException if the thread is interrupted
     */
    public void apply(List<StreamRecord> records, List<Owned> moved, Map<String, Set<RecordKey>> mended)
            throws InterruptedException {
        try {
            attempt(records, moved, mended);
        } catch (StoreException e) {
            if (!writer.hasAnotherWay(e)) {
                throw e;
            }
            LOG.debug("The batch is written in another way", e);
            attempt(records, moved, mended);
        }
    }

    private void attempt(List<StreamRecord> records, List<Owned> moved, Map<String, Set<RecordKey>> mended)
            throws InterruptedException {
        try {
            last.add(records);
            writer.stage(last.records(), last.repeated());
            Fence.advance(db.positions(), replica, moved);
            writer.write();
            mended.forEach((stream, keys) -> db.parked().mend(stream, keys));
            commit(moved);
        } catch (RuntimeException | InterruptedException e) {
            writer.clear();
            rollback(e);
            throw e;
        } finally {
            writer.clear();
            last.clear();
        }
    }

    /** Another history of the source may bring older rows, with which the copy is not what it was told to be. */
    private void commit(List<Owned> moved) {
        int newest = moved.stream().mapToInt(o -> o.position().epoch()).max().orElse(0);
        if (newest > epoch) {
            db.reports()
                    .withdrawBefore(
                            newest,
                            "The source has become another history, whose rows are being applied; the freshness is"
                                    + " being found");
        }
        db.commit();
        epoch = Math.max(epoch, newest);
    }

    private void rollback(Exception cause) {
        try {
            db.rollback();
        } catch (StoreException e) {
            cause.addSuppressed(e);
        }
        if (cause instanceof StoreException refused && !refused.isConnectionLost()) {
            // the table may have been altered under us
            writer.forgetTables();
        }
    }

    /** Has the tables' shapes read again before the next batch. */
    public void forgetTables() {
        writer.forgetTables();
    }

    /** Has the table of a topic be asked again for the lock that did not come. */
    public void askAgain(String topic) {
        writer.askAgain(topic);
    }

    /** Lets go of the writer, not of the session. */
    @Override
    public void close() {
        writer.close();
    }
}
