package dev.freshet.outbox;

import dev.freshet.model.event.PublishedEvent;

/** A way from a transaction to the relay. */
interface Way {
    /** The statement by which it goes, the same for every event. */
    String sql();

    /** Returns the statement with an event's values. */
    SqlStatement of(PublishedEvent event);

    /** Returns what to do where the database does not know what the statement names. */
    String whereMissing();

    /** Returns what to do where the database does not allow what the statement does. */
    String whereForbidden();
}
