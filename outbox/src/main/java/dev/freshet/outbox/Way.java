package dev.freshet.outbox;

import dev.freshet.model.event.PublishedEvent;

/** A way from a transaction to the relay. */
interface Way {
    /** The statement by which it goes, the same for every event. */
    String sql();

    /** The statement for events whose ids were made just now, so that no such id can be there: cheaper, with the same parameters. */
    String sqlOfNewIds();

    /** Whether the database takes a commit along with the statement, in one round trip. */
    boolean commitsAlong();

    /** Returns the statement with an event's values. */
    SqlStatement of(PublishedEvent event);

    /** Returns what to do where the database does not know what the statement names. */
    String whereMissing();

    /** Returns what to do where the database does not allow what the statement does. */
    String whereForbidden();
}
