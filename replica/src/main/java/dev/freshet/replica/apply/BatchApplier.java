package dev.freshet.replica.apply;

import dev.freshet.model.Op;
import dev.freshet.model.json.JsonException;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.FencedException;
import dev.freshet.replica.state.Owned;
import dev.freshet.replica.state.Positions;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a batch of records and moves their partitions on, in one transaction (the protocol's I4).
 *
 * <p>The position rows come first: they fence a former owner before it has touched a row, and hold a new owner's take-over
 * until this transaction has ended. Within the batch the last record of a key wins; only it is parsed.
 *
 * <p>A row that its source has just inserted is not in the copy, so many of them go by COPY. Where that is refused (the service
 * has written the row itself, say), the batch begins again, with upserts alone, and so do the next ones.
 */
public final class BatchApplier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);

    /** For fewer rows the upsert, whose statement is prepared, is faster. */
    private static final int LEAST_COPIED = 100;

    /** How many batches do without COPY after one was refused. */
    private static final int BATCHES_WITHOUT_COPY = 100;

    private final Connection db;
    private final Positions positions;
    private final Map<String, StreamTarget> targets;
    private final Plans plans;
    private final RowText row = new RowText();
    private final Map<String, Map<RecordKey, StreamRecord>> last = new HashMap<>();
    private final Set<RecordKey> repeated = new HashSet<>();
    private final Set<TableWriter> touched = new LinkedHashSet<>();
    private int batchesWithoutCopy;
    private boolean copied;

    /**
     * Creates an applier.
     *
     * @param db its own connection, without auto-commit
     * @param replica the replica's name
     * @param targets the streams
     * @param policy what to do about new columns
     * @param schemas where schema records come from
     */
    public BatchApplier(
            Connection db,
            String replica,
            Collection<StreamTarget> targets,
            SchemaPolicy policy,
            SchemaSource schemas) {
        this.db = db;
        this.positions = new Positions(replica);
        this.targets = new HashMap<>();
        targets.forEach(t -> this.targets.put(t.topic(), t));
        this.plans = new Plans(policy, schemas, targets.size());
    }

    /**
     * Applies records and commits.
     *
     * @param records those that were not applied before, of partitions that the caller owns; per partition in order
     * @param moved all partitions that move, as they shall be afterwards
     * @throws FencedException if a partition has another owner; nothing was done
     * @throws RecordException if a record is at fault and it is known which; nothing was done
     * @throws SQLException for everything else; nothing was done
     * @throws InterruptedException if the thread is interrupted
     */
    public void apply(List<StreamRecord> records, List<Owned> moved) throws SQLException, InterruptedException {
        try {
            attempt(records, moved);
        } catch (SQLException e) {
            if (!copied || DbErrors.passing(e)) {
                throw e;
            }
            LOG.debug("COPY was refused; the batch is written with upserts", e);
            batchesWithoutCopy = BATCHES_WITHOUT_COPY;
            attempt(records, moved);
        }
        batchesWithoutCopy = Math.max(0, batchesWithoutCopy - 1);
    }

    private void attempt(List<StreamRecord> records, List<Owned> moved) throws SQLException, InterruptedException {
        copied = false;
        try {
            plans.trim();
            lastOfEachKey(records);
            for (Map<RecordKey, StreamRecord> ofTopic : last.values()) {
                for (Map.Entry<RecordKey, StreamRecord> e : ofTopic.entrySet()) {
                    add(e.getKey(), e.getValue());
                }
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
            positions.advance(db, moved);
            for (TableWriter w : touched) {
                w.write();
            }
            for (TableWriter w : touched) {
                copy(w);
            }
            db.commit();
        } catch (SQLException | RuntimeException | InterruptedException e) {
            rollback(e);
            throw e;
        } finally {
            touched.forEach(TableWriter::clear);
            touched.clear();
            last.values().forEach(Map::clear);
            repeated.clear();
        }
    }

    private void lastOfEachKey(List<StreamRecord> records) {
        @Nullable String topic = null;
        Map<RecordKey, StreamRecord> ofTopic = Map.of();
        for (StreamRecord r : records) {
            if (!r.topic().equals(topic)) {
                topic = r.topic();
                ofTopic = last.computeIfAbsent(topic, t -> new LinkedHashMap<>());
            }
            RecordKey key = new RecordKey(r.key());
            if (ofTopic.put(key, r) != null) {
                repeated.add(key);
            }
        }
    }

    private void add(RecordKey key, StreamRecord r) throws SQLException, InterruptedException {
        StreamTarget target = targets.get(r.topic());
        if (target == null) {
            throw new IllegalStateException("Topic " + r.topic() + " belongs to no stream of this replica");
        }
        TableWriter writer;
        try {
            writer = plans.writer(db, target, r.schemaVersion());
        } catch (Plans.MisfitException | MissingSchemaException e) {
            throw new RecordException(r, String.valueOf(e.getMessage()), e);
        }
        touched.add(writer);
        if (r.op() == Op.CREATE && batchesWithoutCopy == 0 && !repeated.contains(key)) {
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

    private void read(TableWriter writer, StreamRecord r) {
        byte[] value = r.value();
        try {
            if (value == null) {
                row.readKey(writer.plan(), r.key());
            } else {
                row.readValue(writer.plan(), value);
            }
        } catch (JsonException e) {
            throw new RecordException(r, String.valueOf(e.getMessage()), e);
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

    private void rollback(Exception cause) {
        touched.forEach(TableWriter::abortCopy);
        try {
            db.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        if (cause instanceof SQLException sql && !DbErrors.connectionLost(sql)) {
            // the table may have been altered under us
            plans.forget();
        }
    }

    /** Has the tables' shapes read again before the next batch. */
    public void forgetTables() {
        plans.forget();
    }

    /** Closes the statements, not the connection. */
    @Override
    public void close() {
        plans.forget();
    }
}
