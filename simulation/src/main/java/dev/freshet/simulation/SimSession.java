package dev.freshet.simulation;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.ActiveRow;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.ParkedRows;
import dev.freshet.replica.port.PositionRows;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.StreamRows;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.simulation.SimStore.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session in the simulated database. */
final class SimSession implements CopySession {
    private final SimStore store;
    private final SimProcess process;
    private final StreamRows streams;
    private final PositionRows positions;
    private final ReportRows reports;
    private final ParkedRows parked;
    private final ActiveRow active;
    private final List<Runnable> undo = new ArrayList<>();
    private final Set<Cell<?>> locked = new LinkedHashSet<>();
    private final Set<SimStore.Table> written = new LinkedHashSet<>();
    private Instant lastUse;
    private boolean inTransaction;
    private boolean broken;

    SimSession(SimStore store, SimProcess process, Duration valid) {
        this.store = store;
        this.process = process;
        this.lastUse = store.now();
        this.streams = new SimStreamRows(store, this);
        this.positions = new SimPositionRows(store, this);
        this.parked = new SimParkedRows(store, this);
        this.active = new SimActiveRow(store, this);
        this.reports = new SimReportRows(store, this, valid);
        store.sessions.add(this);
        process.atEnd(this::terminate);
    }

    static StoreException refused(StoreException.Kind kind, String what) {
        return new StoreException(kind, what, what, new IllegalStateException(what));
    }

    private static StoreException away() {
        return refused(StoreException.Kind.AWAY, "The connection is lost");
    }

    /** The session is asked for something. */
    void call() {
        Calls.Trouble trouble = process.call();
        if (trouble != Calls.Trouble.NONE) {
            terminate();
        }
        if (broken) {
            throw away();
        }
        lastUse = store.now();
        inTransaction = true;
    }

    /** Lets the process be interrupted in the midst of something. */
    void pausePoint() {
        call();
    }

    <T> @Nullable T get(@Nullable Cell<T> cell) {
        return cell == null ? null : cell.owner == this ? cell.pending : cell.committed;
    }

    boolean isLockedByOthers(Cell<?> cell) {
        SimSession owner = cell.owner;
        if (owner == null || owner == this) {
            return false;
        }
        if (owner.isFrozen()) {
            owner.terminate();
            return false;
        }
        return true;
    }

    <T> void lock(Cell<T> cell) {
        if (isLockedByOthers(cell)) {
            throw refused(StoreException.Kind.LOCK_TIMEOUT, "A row is locked");
        }
        if (cell.owner == null) {
            cell.owner = this;
            cell.pending = cell.committed;
            locked.add(cell);
            undo.add(() -> {
                cell.owner = null;
                cell.pending = null;
                locked.remove(cell);
            });
        }
    }

    <T> void set(Cell<T> cell, @Nullable T value) {
        lock(cell);
        T before = cell.pending;
        cell.pending = value;
        undo.add(() -> cell.pending = before);
    }

    /** Takes note of a table that the transaction writes. */
    void writes(SimStore.Table table) {
        if (table.writers.add(this)) {
            written.add(table);
        }
    }

    boolean isFrozen() {
        return inTransaction && Duration.between(lastUse, store.now()).compareTo(SimStore.IDLE_LIMIT) > 0;
    }

    /** The connection ends; what was not committed is taken back. */
    void terminate() {
        undoTo(0);
        release();
        broken = true;
        store.sessions.remove(this);
    }

    private void undoTo(int mark) {
        for (int i = undo.size() - 1; i >= mark; i--) {
            undo.remove(i).run();
        }
    }

    private void release() {
        undo.clear();
        locked.clear();
        written.forEach(t -> t.writers.remove(this));
        written.clear();
        inTransaction = false;
    }

    @Override
    public void prepare() {
        call();
        commit();
    }

    @Override
    public StreamRows streams() {
        return streams;
    }

    @Override
    public PositionRows positions() {
        return positions;
    }

    @Override
    public ParkedRows parked() {
        return parked;
    }

    @Override
    public ActiveRow active() {
        return active;
    }

    @Override
    public ReportRows reports() {
        return reports;
    }

    @Override
    public BatchWriter writer(Collection<StreamTarget> targets, SchemaSource schemas, WriteMode mode) {
        return new SimBatchWriter(store, this, targets, schemas, mode);
    }

    @Override
    public boolean alterForFill(StreamTarget target, SchemaRecord schema, StreamRow row) {
        call();
        return false;
    }

    @Override
    public ShadowTable shadow(StreamTarget target, SchemaRecord schema, StreamRow row, SchemaSource schemas) {
        call();
        return new SimShadow(store, this, target.stream());
    }

    @Override
    public void empty(StreamTarget target, SchemaRecord schema, StreamRow row) {
        call();
        Cell<SimStore.Table> cell = cell(store.tables, target.stream());
        SimStore.Table table = get(cell);
        if (table == null) {
            set(cell, new SimStore.Table());
        } else {
            writes(table);
            List.copyOf(table.rows.values()).forEach(r -> set(r, null));
        }
    }

    @Override
    public void analyze(StreamTarget target) {
        call();
    }

    @Override
    public boolean tryCommit(Runnable step) {
        call();
        int mark = undo.size();
        try {
            step.run();
            commit();
            return true;
        } catch (StoreException e) {
            if (!e.isLockRefused()) {
                throw e;
            }
            undoTo(mark);
            return false;
        }
    }

    @Override
    public void attempt(Step step) throws InterruptedException {
        call();
        int mark = undo.size();
        try {
            step.run();
        } catch (RuntimeException | InterruptedException e) {
            if (!broken) {
                undoTo(mark);
            }
            throw e;
        }
    }

    @Override
    public int endFrozen() {
        call();
        int ended = 0;
        for (SimSession other : List.copyOf(store.sessions)) {
            if (other != this && other.isFrozen()) {
                other.terminate();
                ended++;
            }
        }
        commit();
        return ended;
    }

    @Override
    public void commit() {
        Calls.Trouble trouble = process.call();
        if (trouble == Calls.Trouble.BEFORE) {
            terminate();
        }
        if (broken) {
            throw away();
        }
        locked.forEach(SimSession::makeDurable);
        store.commits++;
        release();
        if (trouble == Calls.Trouble.AFTER) {
            terminate();
            throw away();
        }
    }

    /** Commits what has been written so far and goes on, as if it were another transaction. */
    void commitInBetween() {
        locked.forEach(SimSession::makeDurable);
        store.commits++;
        release();
        pausePoint();
    }

    private static <T> void makeDurable(Cell<T> cell) {
        cell.committed = cell.pending;
        cell.pending = null;
        cell.owner = null;
    }

    @Override
    public void rollback() {
        if (broken) {
            throw away();
        }
        undoTo(0);
        release();
    }

    @Override
    public void close() {
        terminate();
    }

    /** Returns a cell of a map, which is made if it is missing. */
    static <K, T> Cell<T> cell(Map<K, Cell<T>> cells, K key) {
        return cells.computeIfAbsent(key, k -> new Cell<>());
    }
}
