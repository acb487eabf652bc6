package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.simulation.PolledData.Row;
import dev.freshet.simulation.PolledData.Shown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What events were committed in a polled database: those without a number stand behind all that have one. */
final class PolledTruth implements EventTruth {
    /** The place of an event that has no number yet. */
    private static final long NOWHERE = Long.MAX_VALUE - 1;

    private final int epoch;
    private final PolledData data;
    private List<Committed> all = List.of();
    private final Map<UUID, Committed> byId = new HashMap<>();
    private int changes = -1;

    PolledTruth(int epoch, PolledData data) {
        this.epoch = epoch;
        this.data = data;
    }

    boolean isOf(PolledData other) {
        return data == other;
    }

    @Override
    public List<Committed> all() {
        if (changes != data.changes) {
            changes = data.changes;
            List<Committed> found = new ArrayList<>();
            for (int order = 0; order < data.commits.size(); order++) {
                found.add(committed(order, data.commits.get(order)));
            }
            found.forEach(c -> byId.put(c.id(), c));
            found.sort(Comparator.comparingLong(c -> c.tx().lsn()));
            all = List.copyOf(found);
        }
        return all;
    }

    private Committed committed(int order, Shown shown) {
        Row row = shown.row();
        long given = data.numberOf.getOrDefault(row.id(), NOWHERE);
        // what the table had when the slot was made gets another one
        long number = given < data.begins && data.table.containsKey(row.seq()) ? NOWHERE : given;
        return new Committed(
                row.id(),
                order,
                new Position(epoch, number, 1, 0),
                new SimTx(row.xid(), number, number + 1, shown.at(), List.of(), false),
                row.event(),
                SimEvent.Kind.ROW);
    }

    @Override
    public @Nullable Committed of(UUID id) {
        all();
        return byId.get(id);
    }
}
