package dev.freshet.simulation;

import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** How many bytes the payload of a large event has, beside its number. */
    private static final int LARGE = 400;

    /** Returns the n-th event that services publish; its id is of the n-th millisecond. */
    static PublishedEvent told(int n, String stream, @Nullable String key, boolean large) {
        return new PublishedEvent(
                EventIds.least(Instant.ofEpochMilli(n)),
                stream,
                key,
                "told",
                "text/plain",
                Map.of(),
                ("e" + n + (large ? "x".repeat(LARGE) : "")).getBytes(StandardCharsets.UTF_8));
    }

    boolean isRow() {
        return kind == Kind.ROW || kind == Kind.UNLOGGED_ROW;
    }

    boolean isLogged() {
        return kind != Kind.UNLOGGED_ROW && kind != Kind.CLEARED;
    }
}
