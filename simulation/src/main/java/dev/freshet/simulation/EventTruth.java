package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.event.PublishedEvent;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What events were committed at the source that an epoch follows. */
interface EventTruth {
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

    /** Returns all events, in the order of their places in the log. */
    List<Committed> all();

    /** Returns the one whose record has an id. */
    @Nullable
    Committed of(UUID id);
}
