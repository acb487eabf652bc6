package dev.freshet.replica.apply;

import dev.freshet.replica.ApplyLimits;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.StreamRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes records within a transaction that the caller begins and ends, in statements of bounded size. A statement has the
 * last record of each key; those of one partition, and so of one key, come one statement after the other.
 *
 * <p>A piece that the database has refused is written in ever smaller parts when its transaction is written again, so that the
 * record at fault is named. Not before: each part is a subtransaction, and a transaction of many makes others slow.
 *
 * <p>A fill tells keys that it has surely not written yet by a filter a topic, since their rows are new to the table.
 */
public final class PieceApplier implements AutoCloseable {
    private final BatchWriter writer;
    private final ApplyLimits limits;
    private final int filterBytes;
    private final LastOfEachKey last = new LastOfEachKey();
    private final Map<String, KeyFilter> written = new HashMap<>();
    private final @Nullable CopySession db;
    private @Nullable RefusedPiece refused;
    private final List<RefusedPiece> suspects = new ArrayList<>();

    private PieceApplier(@Nullable CopySession db, BatchWriter writer, ApplyLimits limits, int filterBytes) {
        this.db = db;
        this.writer = writer;
        this.limits = limits;
        this.filterBytes = filterBytes;
    }

    /**
     * Creates an applier for a caller that finds the record at fault itself.
     *
     * @param writer one of {@link dev.freshet.replica.port.WriteMode#PIECES}; closed with it
     */
    public static PieceApplier plain(BatchWriter writer, ApplyLimits limits) {
        return new PieceApplier(null, writer, limits, 0);
    }

    /**
     * Creates an applier of live changes.
     *
     * @param db the session whose transactions they are
     * @param writer one of {@link dev.freshet.replica.port.WriteMode#PIECES}; closed with it
     */
    public static PieceApplier live(CopySession db, BatchWriter writer, ApplyLimits limits) {
        return new PieceApplier(db, writer, limits, 0);
    }

    /**
     * Creates an applier of a fill.
     *
     * @param db the session whose transaction it is
     * @param writer one of {@link dev.freshet.replica.port.WriteMode#PIECES_OF_A_FILL}; closed with it
     * @param topics among how many topics the memory for the keys is shared
     */
    public static PieceApplier fill(CopySession db, BatchWriter writer, ApplyLimits limits, int topics) {
        return new PieceApplier(db, writer, limits, Math.max(1, limits.fillFilterBytes() / topics));
    }

    /**
     * Writes records.
     *
     * @param records per partition in order
     * @throws RecordException if a record is at fault and it is known which; the caller rolls back
     * @throws StoreException for everything else; the caller rolls back
     * @throws InterruptedException if the thread is interrupted
     */
    public void apply(List<StreamRecord> records) throws InterruptedException {
        int from = 0;
        while (from < records.size()) {
            int to = cut(records, from);
            List<StreamRecord> piece = records.subList(from, to);
            if (db != null && suspects.stream().anyMatch(s -> s.meets(piece))) {
                findFault(db, piece);
            } else {
                writeUnsuspected(piece);
            }
            from = to;
        }
    }

    private void writeUnsuspected(List<StreamRecord> piece) throws InterruptedException {
        try {
            write(piece, Set.of());
        } catch (StoreException e) {
            refused = new RefusedPiece(piece);
            throw e;
        }
    }

    private int cut(List<StreamRecord> records, int from) {
        int to = from;
        long bytes = 0;
        int most = Math.min(records.size(), from + limits.batchRecords());
        while (to < most && bytes < limits.batchBytes()) {
            bytes += records.get(to).bytes();
            to++;
        }
        return to;
    }

    /** A record that a later one of its key stands for is at no fault, as it would not be written. */
    private void findFault(CopySession session, List<StreamRecord> piece) throws InterruptedException {
        LastOfEachKey left = new LastOfEachKey();
        left.add(piece);
        List<StreamRecord> records = new ArrayList<>();
        left.records().forEach(ofTopic -> records.addAll(ofTopic.values()));
        List<StoreException> ofTheWhole = new ArrayList<>();
        Halving.apply(records, part -> faultOf(session, part, left.repeated(), ofTheWhole), (record, why) -> {
            throw why;
        });
        if (!ofTheWhole.isEmpty()) {
            // it is not one record, and what is written by halves may not be what was to be written
            throw ofTheWhole.get(0);
        }
    }

    private @Nullable RecordException faultOf(
            CopySession session, List<StreamRecord> part, Set<RecordKey> repeated, List<StoreException> refusals)
            throws InterruptedException {
        try {
            session.attempt(() -> write(part, repeated));
            return null;
        } catch (StoreException e) {
            if (e.isPassing()) {
                throw e;
            }
            refusals.add(e);
            writer.forgetTables();
            return RecordException.refused(part.get(0), e);
        }
    }

    private void write(List<StreamRecord> part, Set<RecordKey> repeated) throws InterruptedException {
        try {
            last.add(part);
            last.repeated().addAll(repeated);
            if (filterBytes > 0) {
                last.records().forEach(this::callSeenKeysRepeated);
            }
            writer.stage(last.records(), last.repeated());
            writer.write();
        } finally {
            writer.clear();
            last.clear();
        }
    }

    private void callSeenKeysRepeated(Map<RecordKey, StreamRecord> ofTopic) {
        @Nullable KeyFilter filter = null;
        for (Map.Entry<RecordKey, StreamRecord> e : ofTopic.entrySet()) {
            StreamRecord r = e.getValue();
            if (filter == null) {
                filter = written.computeIfAbsent(r.topic(), t -> new KeyFilter(filterBytes));
            }
            if (filter.perhapsSeen(r.key())) {
                last.repeated().add(e.getKey());
            }
        }
    }

    /**
     * Returns whether what was refused, written once more from the transaction's beginning, is written in another way. That
     * comes to an end: COPY is given up once, and each piece is looked into once.
     */
    public boolean hasAnotherWay(StoreException why) {
        RefusedPiece piece = refused;
        boolean again = db != null && piece != null && why.isRefused();
        refused = null;
        if (again) {
            suspects.add(piece);
        }
        return writer.hasAnotherWay(why) || again;
    }

    /** The transaction is committed: whatever was refused in it is written. */
    public void committed() {
        suspects.clear();
    }

    /** The transaction was rolled back: tables may have been altered in it, and nothing of it is written. */
    public void rolledBack() {
        writer.forgetTables();
        written.clear();
    }

    /** Lets go of the writer. */
    @Override
    public void close() {
        writer.close();
    }
}
