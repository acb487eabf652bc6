package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What events were committed in the log of an epoch. */
final class LogTruth implements EventTruth {
    private final int epoch;
    private final List<SimTx> log;
    private final List<Committed> all = new ArrayList<>();
    private final Map<UUID, Committed> byId = new HashMap<>();
    private int read;

    LogTruth(int epoch, List<SimTx> log) {
        this.epoch = epoch;
        this.log = log;
    }

    boolean isOf(List<SimTx> other) {
        return log == other;
    }

    @Override
    public List<Committed> all() {
        for (; read < log.size(); read++) {
            SimTx tx = log.get(read);
            int ordinal = 0;
            for (SimItem item : tx.items()) {
                SimEvent event = item.event();
                if (event == null || event.isLogged()) {
                    ordinal++;
                }
                if (event != null && event.kind() != SimEvent.Kind.CLEARED) {
                    Position at = new Position(epoch, tx.lsn(), ordinal, 0);
                    Committed one = new Committed(id(event, tx, at), all.size(), at, tx, event.event(), event.kind());
                    all.add(one);
                    byId.put(one.id(), one);
                }
            }
        }
        return all;
    }

    private static UUID id(SimEvent event, SimTx tx, Position at) {
        return event.kind() == SimEvent.Kind.NONSENSE
                ? EventIds.of(Instant.ofEpochSecond(tx.lsn()), at.toString())
                : event.event().id();
    }

    @Override
    public @Nullable Committed of(UUID id) {
        all();
        return byId.get(id);
    }
}
