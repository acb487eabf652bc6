package dev.freshet.replica.postgres.write;

import dev.freshet.model.Op;
import dev.freshet.model.json.JsonException;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.TableLockedException;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes batches: deletes, then upserts, then a COPY.
 *
 * <p>A row that its source has just inserted is not in the copy, so many of them go by COPY. Where that is refused (the service
 * has written the row itself, say), the batch is written with upserts alone, and so are the next ones.
 */
public final class PostgresBatchWriter implements BatchWriter {
    /** For fewer rows the upsert, whose statement is prepared, is faster. */
    private static final int LEAST_COPIED = 100;

    /** How many batches do without COPY after one was refused. */
    private static final int BATCHES_WITHOUT_COPY = 100;

    private final Connection db;
    private final Map<String, StreamTarget> targets = new HashMap<>();
    private final WriteMode mode;
    private final Plans plans;
    private final Calls calls;
    private final RowText row = new RowText();
    private final Set<TableWriter> touched = new LinkedHashSet<>();
    private int batchesWithoutCopy;
    private boolean mayCopy;
    private boolean copied;

    /**
     * Creates a writer.
     *
     * @param db its session's connection, without auto-commit
     * @param targets the streams
     * @param policy what to do about new columns
     * @param schemas where schema records come from
     * @param mode how its batches stand to transactions
     */
    public PostgresBatchWriter(
            Connection db,
            Collection<StreamTarget> targets,
            SchemaPolicy policy,
            SchemaSource schemas,
            WriteMode mode,
            Calls calls) {
        this.db = db;
        this.calls = calls;
        this.mode = mode;
        targets.forEach(t -> this.targets.put(t.topic(), t));
        this.plans = new Plans(policy, schemas, targets.size(), mode == WriteMode.BATCHES);
    }

    @Override
    public void stage(Collection<? extends Map<RecordKey, StreamRecord>> lastOfEachKey, Set<RecordKey> repeated)
            throws InterruptedException {
        copied = false;
        mayCopy = batchesWithoutCopy == 0;
        batchesWithoutCopy = Math.max(0, batchesWithoutCopy - 1);
        try {
            plans.trim();
            for (Map<RecordKey, StreamRecord> ofTopic : lastOfEachKey) {
                for (Map.Entry<RecordKey, StreamRecord> e : ofTopic.entrySet()) {
                    add(e.getKey(), e.getValue(), repeated);
                }
            }
        } catch (SQLException e) {
            throw calls.refused(e);
        }
        for (TableWriter w : touched) {
            if (w.created().size() < LEAST_COPIED) {
                for (StreamRecord r : w.created()) {
                    read(w, r);
                    w.addRow(row);
                }
                w.created().clear();
            }
        }
    }

    private void add(RecordKey key, StreamRecord r, Set<RecordKey> repeated) throws SQLException, InterruptedException {
        StreamTarget target = targets.get(r.topic());
        if (target == null) {
            throw new IllegalStateException("Topic " + r.topic() + " belongs to no stream of this replica");
        }
        TableWriter writer;
        try {
            writer = plans.writer(db, target, r.schemaVersion());
        } catch (Plans.MisfitException | TableLockedException | MissingSchemaException e) {
            throw new RecordException(r, String.valueOf(e.getMessage()), e);
        }
        touched.add(writer);
        if (isNew(r) && mayCopy && !repeated.contains(key)) {
            writer.addCreated(r);
            return;
        }
        read(writer, r);
        if (r.value() == null) {
            writer.addDelete(row);
        } else {
            writer.addRow(row);
        }
    }

    private boolean isNew(StreamRecord r) {
        return r.op() == Op.CREATE || (mode == WriteMode.PIECES_OF_A_FILL && r.value() != null);
    }

    private void read(TableWriter writer, StreamRecord r) {
        byte[] value = r.value();
        try {
            if (value == null) {
                row.readKey(writer.plan(), r.key());
            } else {
                row.readValue(writer.plan(), value);
            }
        } catch (JsonException e) {
            throw RecordException.undecodable(r, e);
        }
    }

    @Override
    public void write() {
        try {
            for (TableWriter w : touched) {
                w.write();
            }
            for (TableWriter w : touched) {
                copy(w);
            }
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    /** Rows are read while the server takes in those before them. */
    private void copy(TableWriter writer) throws SQLException {
        for (StreamRecord r : writer.created()) {
            read(writer, r);
            copied = true;
            writer.copy(row);
        }
        writer.endCopy();
    }

    @Override
    public boolean hasAnotherWay(StoreException refused) {
        if (!copied || refused.isPassing()) {
            return false;
        }
        // one transaction of many pieces must not be refused again and again
        batchesWithoutCopy = mode == WriteMode.BATCHES ? BATCHES_WITHOUT_COPY : Integer.MAX_VALUE;
        return true;
    }

    @Override
    public void clear() {
        for (TableWriter w : touched) {
            w.abortCopy();
            w.clear();
        }
        touched.clear();
    }

    @Override
    public void forgetTables() {
        plans.forget();
    }

    @Override
    public void askAgain(String topic) {
        plans.askAgain(topic);
    }

    /** Closes the statements, not the connection. */
    @Override
    public void close() {
        plans.forget();
    }
}
