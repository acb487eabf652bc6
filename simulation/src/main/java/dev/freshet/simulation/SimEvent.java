package dev.freshet.simulation;

import dev.freshet.model.event.PublishedEvent;

/** What a transaction of the simulated source did with an event. */
record SimEvent(PublishedEvent event, Kind kind) {
    /** What it did. */
    enum Kind {
        /** A row of the outbox table, of which the log tells. */
        ROW,
        /** A row of which it does not: it was written while the table was not in the publication. */
        UNLOGGED_ROW,
        /** A message in the log alone. */
        MESSAGE,
        /** A message that cannot be read as an event. */
        NONSENSE,
        /** The row is taken away. */
        CLEARED
    }

    boolean isRow() {
        return kind == Kind.ROW || kind == Kind.UNLOGGED_ROW;
    }

    boolean isLogged() {
        return kind != Kind.UNLOGGED_ROW && kind != Kind.CLEARED;
    }
}
