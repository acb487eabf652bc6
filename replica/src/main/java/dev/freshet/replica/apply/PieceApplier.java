package dev.freshet.replica.apply;

import dev.freshet.replica.ApplyLimits;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.StreamRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes records within a transaction that the caller begins and ends, in statements of bounded size. A statement has the
 * last record of each key; those of one partition, and so of one key, come one statement after the other.
 *
 * <p>A fill tells keys that it has surely not written yet by a filter a topic, since their rows are new to the table.
 */
public final class PieceApplier implements AutoCloseable {
    private final BatchWriter writer;
    private final ApplyLimits limits;
    private final int filterBytes;
    private final LastOfEachKey last = new LastOfEachKey();
    private final Map<String, KeyFilter> written = new HashMap<>();

    private PieceApplier(BatchWriter writer, ApplyLimits limits, int filterBytes) {
        this.writer = writer;
        this.limits = limits;
        this.filterBytes = filterBytes;
    }

    /**
     * Creates an applier of live changes.
     *
     * @param writer one of {@link dev.freshet.replica.port.WriteMode#PIECES}; closed with it
     */
    public static PieceApplier live(BatchWriter writer, ApplyLimits limits) {
        return new PieceApplier(writer, limits, 0);
    }

    /**
     * Creates an applier of a fill.
     *
     * @param writer one of {@link dev.freshet.replica.port.WriteMode#PIECES_OF_A_FILL}; closed with it
     * @param topics among how many topics the memory for the keys is shared
     */
    public static PieceApplier fill(BatchWriter writer, ApplyLimits limits, int topics) {
        return new PieceApplier(writer, limits, Math.max(1, limits.fillFilterBytes() / topics));
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
            write(records.subList(from, to));
            from = to;
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

    private void write(List<StreamRecord> part) throws InterruptedException {
        try {
            last.add(part);
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

    /** Returns whether what was refused, written once more from the transaction's beginning, is written in another way. */
    public boolean hasAnotherWay(StoreException refused) {
        return writer.hasAnotherWay(refused);
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
