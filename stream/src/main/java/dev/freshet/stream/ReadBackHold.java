package dev.freshet.stream;

import dev.freshet.model.ledger.Boundary;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds boundaries back while a record was read with a value that the relay has read back from the table: it may be newer than
 * the record's position. Belongs to one thread.
 */
final class ReadBackHold {
    /** The source's clock and the broker's may be that far apart. */
    static final int CLOCKS_APART_SECONDS = 60;

    private @Nullable StreamRecord newest;

    void read(StreamRecord r) {
        if (r.readBack()) {
            newest = r;
        }
    }

    void clear() {
        newest = null;
    }

    /** Returns whether a boundary must not count; one that is complete to later than the value was read lets go. */
    boolean holds(Boundary b) {
        StreamRecord newer = newest;
        if (newer == null) {
            return false;
        }
        Instant whole = Instant.ofEpochMilli(newer.timestampMillis()).plusSeconds(CLOCKS_APART_SECONDS);
        boolean holds = b.completeTo() == null || !b.completeTo().isAfter(whole);
        newest = holds ? newer : null;
        return holds;
    }

    /** Returns why no boundary counts, in a sentence; empty if one does. */
    Optional<String> why() {
        return Optional.ofNullable(newest)
                .map(newer -> "The record " + newer.coordinates()
                        + " has a value that was read from the table and may be newer"
                        + " than the record: no boundary counts until one is complete to " + CLOCKS_APART_SECONDS
                        + " s after it. Set REPLICA IDENTITY FULL on the table of topic '" + newer.topic()
                        + "' in the source, so that it need not be read");
    }
}
