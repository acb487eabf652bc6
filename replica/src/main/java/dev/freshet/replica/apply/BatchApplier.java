package dev.freshet.replica.apply;

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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies a batch of records and moves their partitions on, in one transaction (the protocol's I4).
 *
 * <p>The position rows come first: they fence a former owner before it has touched a row, and hold a new owner's take-over
 * until this transaction has ended. Within the batch the last record of a key wins; only it is parsed.
 */
public final class BatchApplier implements AutoCloseable {
    private final Connection db;
    private final Positions positions;
    private final Map<String, StreamTarget> targets;
    private final Plans plans;
    private final RowText row = new RowText();
    private final Map<String, Map<RecordKey, StreamRecord>> last = new HashMap<>();
    private final Set<TableWriter> touched = new LinkedHashSet<>();

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
            plans.trim();
            lastOfEachKey(records);
            for (Map<RecordKey, StreamRecord> ofTopic : last.values()) {
                for (StreamRecord r : ofTopic.values()) {
                    add(r);
                }
            }
            positions.advance(db, moved);
            for (TableWriter w : touched) {
                w.write();
            }
            db.commit();
        } catch (SQLException | RuntimeException | InterruptedException e) {
            rollback(e);
            throw e;
        } finally {
            touched.forEach(TableWriter::clear);
            touched.clear();
            last.values().forEach(Map::clear);
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
            ofTopic.put(new RecordKey(r.key()), r);
        }
    }

    private void add(StreamRecord r) throws SQLException, InterruptedException {
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
        byte[] value = r.value();
        try {
            if (value == null) {
                row.readKey(writer.plan(), r.key());
                writer.addDelete(row);
            } else {
                row.readValue(writer.plan(), value);
                writer.addRow(row);
            }
        } catch (JsonException e) {
            throw new RecordException(r, String.valueOf(e.getMessage()), e);
        }
    }

    private void rollback(Exception cause) {
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
