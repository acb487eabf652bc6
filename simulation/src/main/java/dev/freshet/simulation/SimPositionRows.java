package dev.freshet.simulation;

import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.PositionRows;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.simulation.Rules.Rule;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.PositionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The position rows in the simulated database. */
final class SimPositionRows implements PositionRows {
    private final SimStore store;
    private final SimSession session;

    SimPositionRows(SimStore store, SimSession session) {
        this.store = store;
        this.session = session;
    }

    private static Owned ofGeneration(Owned o, long generation) {
        return new Owned(o.stream(), o.fill(), o.partition(), generation, o.nextOffset(), o.position(), o.stopped());
    }

    @Override
    public @Nullable Owned claim(String stream, int partition) {
        session.call();
        StreamRow row = session.get(store.streams.get(stream));
        if (row == null || !row.filled()) {
            return null;
        }
        Cell<Owned> cell = store.positions.get(new PositionKey(stream, row.fill(), partition));
        Owned before = session.get(cell);
        if (cell == null || before == null) {
            return null;
        }
        if (!store.rules.hold(Rule.BUMP_BEFORE_READ)) {
            session.pausePoint();
            Owned now = session.get(cell);
            if (now == null) {
                return null;
            }
            session.set(cell, ofGeneration(now, now.generation() + 1));
            return ofGeneration(before, now.generation() + 1);
        }
        session.lock(cell);
        Owned mine = session.get(cell);
        if (mine == null) {
            return null;
        }
        Owned bumped = ofGeneration(mine, mine.generation() + 1);
        session.set(cell, bumped);
        return bumped;
    }

    @Override
    public int advance(List<Owned> partitions) {
        session.call();
        int moved = 0;
        for (Owned o : partitions) {
            Cell<Owned> cell = store.positions.get(new PositionKey(o.stream(), fill(o), o.partition()));
            Owned now = session.get(cell);
            if (cell == null || now == null || !mayMove(o, now)) {
                continue;
            }
            session.lock(cell);
            session.set(
                    cell,
                    new Owned(
                            now.stream(),
                            now.fill(),
                            now.partition(),
                            now.generation(),
                            o.nextOffset(),
                            o.position(),
                            o.stopped()));
            moved++;
        }
        if (!store.rules.hold(Rule.ONE_TRANSACTION)) {
            session.commitInBetween();
        }
        return moved;
    }

    private long fill(Owned o) {
        StreamRow row = session.get(store.streams.get(o.stream()));
        return store.rules.hold(Rule.FENCE_FORMER_FILL) || row == null ? o.fill() : row.fill();
    }

    private boolean mayMove(Owned o, Owned now) {
        return !store.rules.hold(Rule.NAME_GENERATION) || now.generation() == o.generation();
    }

    @Override
    public List<Owned> read() {
        session.call();
        List<Owned> rows = new ArrayList<>();
        for (Cell<StreamRow> s : store.streams.values()) {
            StreamRow row = session.get(s);
            for (int p = 0; row != null; p++) {
                Owned o = session.get(store.positions.get(new PositionKey(row.stream(), row.fill(), p)));
                if (o == null) {
                    break;
                }
                rows.add(o);
            }
        }
        return rows;
    }

    @Override
    public void fence(String stream) {
        session.call();
        if (!store.rules.hold(Rule.FENCE_FORMER_FILL)) {
            return;
        }
        for (Cell<Owned> cell : of(stream)) {
            session.lock(cell);
            Owned o = session.get(cell);
            if (o != null) {
                session.set(cell, ofGeneration(o, o.generation() + 1));
            }
        }
    }

    private List<Cell<Owned>> of(String stream) {
        return store.positions.entrySet().stream()
                .filter(e -> e.getKey().stream().equals(stream) && session.get(e.getValue()) != null)
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public long lock(String stream) {
        session.call();
        long generation = 0;
        for (Cell<Owned> cell : of(stream)) {
            session.lock(cell);
            Owned o = session.get(cell);
            generation = o == null ? generation : Math.max(generation, o.generation());
        }
        return generation;
    }

    @Override
    public void replace(String stream, List<Owned> rows) {
        session.call();
        long kept = lock(stream);
        of(stream).forEach(cell -> session.set(cell, null));
        for (Owned o : rows) {
            boolean bumps = store.rules.hold(Rule.FENCE_FORMER_FILL) || kept == 0;
            session.set(
                    SimSession.cell(store.positions, new PositionKey(stream, o.fill(), o.partition())),
                    bumps ? o : ofGeneration(o, kept));
        }
    }
}
