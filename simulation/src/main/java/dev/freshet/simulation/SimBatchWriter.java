package dev.freshet.simulation;

import dev.freshet.model.FreshetException;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.Table;
import dev.freshet.stream.MissingSchemaException;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes batches into the simulated tables. */
final class SimBatchWriter implements BatchWriter {
    private final SimStore store;
    private final SimSession session;
    private final SchemaSource schemas;
    private final WriteMode mode;
    private final Map<String, String> streamOfTopic = new HashMap<>();
    private final List<StreamRecord> staged = new ArrayList<>();

    SimBatchWriter(
            SimStore store,
            SimSession session,
            Collection<StreamTarget> targets,
            SchemaSource schemas,
            WriteMode mode) {
        this.mode = mode;
        this.store = store;
        this.session = session;
        this.schemas = schemas;
        targets.forEach(t -> streamOfTopic.put(t.topic(), t.stream()));
    }

    @Override
    public void stage(Collection<? extends Map<RecordKey, StreamRecord>> lastOfEachKey, Set<RecordKey> repeated)
            throws InterruptedException {
        for (Map<RecordKey, StreamRecord> ofTopic : lastOfEachKey) {
            for (StreamRecord r : ofTopic.values()) {
                try {
                    schemas.schema(r.topic(), r.schemaVersion());
                } catch (MissingSchemaException e) {
                    throw new RecordException(r, String.valueOf(e.getMessage()), e);
                }
                staged.add(r);
            }
        }
    }

    @Override
    public void write() {
        for (StreamRecord r : staged) {
            session.call();
            String stream = streamOfTopic.get(r.topic());
            Cell<Table> cell = store.tables.get(stream);
            Table table = session.get(cell);
            if (cell == null || table == null) {
                throw new FreshetException("There is no table of stream " + stream);
            }
            if (session.isLockedByOthers(cell)) {
                throw SimSession.refused(StoreException.Kind.LOCK_TIMEOUT, "The table is locked");
            }
            session.writes(table);
            byte[] value = r.value();
            session.set(
                    SimSession.cell(table.rows, new String(r.key(), StandardCharsets.UTF_8)),
                    value == null ? null : new String(value, StandardCharsets.UTF_8));
        }
        if (mode != WriteMode.BATCHES && !store.rules.hold(Rules.Rule.ONE_TRANSACTION)) {
            session.commitInBetween();
        }
    }

    @Override
    public boolean hasAnotherWay(StoreException refused) {
        return false;
    }

    @Override
    public void clear() {
        staged.clear();
    }

    @Override
    public void forgetTables() {}

    @Override
    public void askAgain(String topic) {}

    @Override
    public void close() {}
}
