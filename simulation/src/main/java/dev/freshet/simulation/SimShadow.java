package dev.freshet.simulation;

import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StoreException;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.Table;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A simulated table that is filled. */
final class SimShadow implements ShadowTable {
    private final SimStore store;
    private final SimSession session;
    private final String stream;
    private final Map<String, String> rows = new HashMap<>();

    SimShadow(SimStore store, SimSession session, String stream) {
        this.store = store;
        this.session = session;
        this.stream = stream;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public List<String> dependents() {
        return List.of();
    }

    @Override
    public void add(StreamRecord row) {
        session.call();
        put(row);
    }

    private void put(StreamRecord r) {
        byte[] value = r.value();
        if (value == null) {
            rows.remove(text(r.key()));
        } else {
            rows.put(text(r.key()), text(value));
        }
    }

    @Override
    public void endPiece(Collection<StreamRecord> later) {
        session.call();
        later.forEach(this::put);
    }

    @Override
    public void giveSign() {
        session.call();
    }

    @Override
    public void complete() {
        session.call();
    }

    @Override
    public void takePlace() {
        session.call();
        Cell<Table> cell = SimSession.cell(store.tables, stream);
        session.lock(cell);
        Table before = cell.committed;
        if (before != null && before.writers.stream().anyMatch(s -> s != session)) {
            throw SimSession.refused(StoreException.Kind.LOCK_TIMEOUT, "The table is written");
        }
        Table table = new Table();
        rows.forEach((key, value) -> SimSession.cell(table.rows, key).committed = value);
        session.set(cell, table);
    }

    @Override
    public void abort() {}
}
