package dev.freshet.relay.internal;

import dev.freshet.model.EventRecord;

/** How large an event's record may become. */
public final class EventSize {
    /** What Kafka and Freshet's own headers add to a record at most. */
    private static final int OVERHEAD = 1024;

    /** What each further header adds to its name and value. */
    private static final int OVERHEAD_A_HEADER = 12;

    private EventSize() {}

    /** Returns how many bytes the record has at most, uncompressed, with all that is around it. */
    public static long of(EventRecord record) {
        return (long) record.bytes()
                + OVERHEAD
                + (long) OVERHEAD_A_HEADER * record.event().headers().size();
    }
}
