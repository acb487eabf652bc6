package dev.freshet.replica.park;

import dev.freshet.model.FreshetException;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.apply.Fence;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.ParkedKey;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.StreamRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks records of live changes that their table refuses: first the dead-letter topic surely has the record, then one
 * transaction parks its key, moves the partition past it and takes {@code complete} from the copy. A crash in between has the
 * record sent once more, and noted once. Belongs to one thread.
 */
public final class Parking implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    private final ReplicaConfig config;
    private final CopySession db;
    private final ParkedKeys parked;
    private final DeadLetterBox box;

    /**
     * Creates it.
     *
     * @param db the session of the live changes
     * @param parked what is parked already
     * @param box closed with it
     */
    public Parking(ReplicaConfig config, CopySession db, ParkedKeys parked, DeadLetterBox box) {
        this.config = config;
        this.db = db;
        this.parked = parked;
        this.box = box;
    }

    /**
     * Parks a record and commits.
     *
     * @param r the record, which alone was just refused
     * @param why what is the matter with the record itself
     * @param row its partition, which stands before it
     * @return the partition as it is now, past the record
     * @throws RecordException if it cannot be parked, with the reason beside that for which it was refused; nothing was done
     * @throws StoreException for what concerns the database; nothing was done, unless the connection was lost at the commit
     * @throws InterruptedException if the thread is interrupted
     */
    public Owned park(StreamRecord r, RecordException why, Owned row) throws InterruptedException {
        RecordKey key = new RecordKey(r.key());
        boolean further = !parked.contains(r.partition(), key);
        if (further) {
            // asked before, so that a record that has no place is not sent again and again
            requireRoom(why, row, 1);
            db.commit();
        }
        try {
            box.send(List.of(why));
        } catch (FreshetException e) {
            throw notParked(
                    why,
                    "it could not be sent to the dead-letter topic '"
                            + box.settings().topic() + "' either: " + e.getMessage(),
                    e);
        }
        Owned after = row.movedTo(r.offset() + 1, r.position());
        try {
            Fence.advance(db.positions(), config.name(), List.of(after));
            db.parked()
                    .park(new ParkedKey(
                            row.stream(), row.partition(), key, r.offset(), String.valueOf(why.getMessage())));
            db.reports().withdraw("A key of stream '" + row.stream() + "' was parked: " + why.getMessage(), true);
            // whoever parks holds the lock of the reports by now, one after the other
            if (further) {
                requireRoom(why, row, 0);
            }
            db.commit();
        } catch (RuntimeException e) {
            rollback(e);
            throw e;
        }
        parked.add(row.stream(), r.partition(), key);
        LOG.warn(
                "Replica '{}': {}; it was sent to the dead-letter topic '{}', and its key is parked until a later record of it"
                        + " is applied",
                config.name(),
                why.getMessage(),
                box.settings().topic());
        return after;
    }

    private void requireRoom(RecordException why, Owned row, int further) {
        long count = db.parked().count(row.stream()) + further;
        if (count > box.settings().limit()) {
            throw notParked(why, tooMany(row.stream(), box.settings().limit()), why);
        }
    }

    /** Says that a stream may have no more parked keys. */
    public static String tooMany(String stream, int limit) {
        return "stream '" + stream + "' would have more parked keys than the " + limit + " of dead-letter-limit: mend"
                + " what the table refuses (SELECT error FROM freshet.replica_parked tells), or raise the limit";
    }

    private static RecordException notParked(RecordException why, String further, Exception cause) {
        return new RecordException(why.partition(), why.offset(), why.reason() + "; " + further, cause);
    }

    private void rollback(Exception cause) {
        try {
            db.rollback();
        } catch (StoreException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        box.close();
    }
}
