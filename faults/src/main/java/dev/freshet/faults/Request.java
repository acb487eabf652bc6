package dev.freshet.faults;

import dev.freshet.model.event.EventIds;
import dev.freshet.outbox.Event;
import java.time.InstantSource;
import java.util.UUID;

/**
 * An event that somebody has asked for.
 *
 * @param id its id
 * @param key its key
 * @param large whether it is larger than its topic takes
 * @param atNanos when it was asked for
 */
record Request(UUID id, String key, boolean large, long atNanos) {
    private static final EventIds IDS = new EventIds(InstantSource.system());
    /** A part of the keys whose events may be too large. */
    static final String SICK = "/sick/";

    /** Returns a new one of this key. */
    static Request of(String key, boolean large) {
        return new Request(IDS.next(), key, large, System.nanoTime());
    }

    /** Returns whether events of a key may be dead letters. */
    static boolean isSick(String key) {
        return key.contains(SICK);
    }

    Event event(long number) {
        return Event.builder(FaultSettings.stream(Way.ofKey(key)), "told")
                .id(id)
                .key(key)
                .payload(large ? ".".repeat(FaultSettings.LARGE_BYTES) : number)
                .build();
    }
}
