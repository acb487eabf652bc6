package dev.freshet.simulation;

import dev.freshet.model.EventRecord;
import dev.freshet.simulation.EventTruth.Committed;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Consumer;

/** A simulated source of events, as its oracle knows it. */
interface EventTruths {
    /** Returns what was committed at the source that an epoch follows. */
    EventTruth truth(int epoch);

    /** Returns what was committed at the source as it is now, with positions of an epoch. */
    EventTruth present(int epoch);

    /** Returns whether an epoch follows the source as it is now. */
    boolean isFollowed(int epoch);

    /** Has somebody told of the rows that are about to be taken away. */
    void onClear(Consumer<Collection<UUID>> told);

    /** An event has come to Kafka, not as a letter that was sent again. */
    void born(EventRecord record, Committed event);
}
