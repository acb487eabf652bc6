package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What events were committed in the log of an epoch, in their order. */
final class EventTruth {
    /**
     * An event that was committed.
     *
     * @param id the id that its record has
     * @param order its place among all events of the log
     * @param position where it stands in the log, or would
     */
    record Committed(UUID id, int order, Position position, SimTx tx, PublishedEvent event, SimEvent.Kind kind) {
        /** Returns whether it stands in the log alone. */
        boolean isMessage() {
            return kind == SimEvent.Kind.MESSAGE || kind == SimEvent.Kind.NONSENSE;
        }
    }

    private final int epoch;
    private final List<SimTx> log;
    private final List<Committed> all = new ArrayList<>();
    private final Map<UUID, Committed> byId = new HashMap<>();
    private int read;

    EventTruth(int epoch, List<SimTx> log) {
        this.epoch = epoch;
        this.log = log;
    }

    boolean isOf(List<SimTx> other) {
        return log == other;
    }

    /** Returns all events, in the order of their commits. */
    List<Committed> all() {
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

    @Nullable
    Committed of(UUID id) {
        all();
        return byId.get(id);
    }
}
