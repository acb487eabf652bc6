package dev.freshet.simulation;

import dev.freshet.simulation.Decision.Kind;
import java.util.EnumSet;
import java.util.Set;

/** Whether the source of a schedule publishes events, and how they come to its relays. */
enum Publishing {
    /** It does not. */
    NONE(""),
    /** It does, and its relays take them from the beginning on. */
    FIRST("events"),
    /** It does, and its relays take them once an operator has told them to. */
    LATER("events-later"),
    /** It has an outbox table alone, in a database that is polled and does as PostgreSQL. */
    POLLED("polled"),
    /** The same, and it does as InnoDB. */
    POLLED_INNODB("polled-innodb");

    private static final Set<Kind> OF_POLLED = EnumSet.of(
            Kind.PUBLISH,
            Kind.SHOW,
            Kind.RELAY,
            Kind.RELAY_KILLED,
            Kind.RELAY_PAUSED,
            Kind.RELAY_CUT,
            Kind.SLOT_FREED,
            Kind.COMPACT,
            Kind.WAIT,
            Kind.RESTORE,
            Kind.CALM,
            Kind.CONFIGURE,
            Kind.REDRIVE,
            Kind.DISCARD,
            Kind.RESTART,
            Kind.CLOCK,
            Kind.AWAY);

    private final String text;

    Publishing(String text) {
        this.text = text;
    }

    /** Returns whether its database is polled. */
    boolean isPolled() {
        return this == POLLED || this == POLLED_INNODB;
    }

    /** Returns whether something can happen in its schedules. */
    boolean allows(Kind kind) {
        return isPolled() ? OF_POLLED.contains(kind) : !kind.isOfPolling() && (this != NONE || !kind.isOfEvents());
    }

    /** Returns the word of the schedule's text; empty if there is none. */
    String text() {
        return text;
    }
}
