package dev.freshet.model.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/**
 * Ids of events: UUIDs of version 7 (RFC 9562, section 5.7), whose first 48 bits are a time in milliseconds. An outbox that is
 * partitioned by id is so partitioned by time, and an id is unique in all of it.
 *
 * <p>Safe to share between threads.
 */
public final class EventIds {
    private static final int VERSION = 7;
    private static final int TIME_SHIFT = 16;
    private static final long COUNTER_MASK = 0xfffL;
    private static final long VARIANT = 0x8000000000000000L;
    private static final long VARIANT_MASK = 0x3fffffffffffffffL;

    private final InstantSource clock;
    private final SecureRandom random;
    /** The last id's time and counter, as they stand in its upper half without the version: 48 and 12 bits. */
    private long last;

    /** Creates a generator. */
    public EventIds(InstantSource clock) {
        this.clock = clock;
        this.random = new SecureRandom();
    }

    /**
     * Returns a new id. Those of one generator grow, also within a millisecond and while the clock stands or goes back: then
     * the time runs ahead of the clock (RFC 9562, section 6.2, a counter in the place of {@code rand_a}).
     */
    public UUID next() {
        long ticks = clock.millis() << 12;
        long low = random.nextLong();
        synchronized (this) {
            // the counter begins in the lower half of its range, so that 2,048 ids have place before the time runs
            // ahead
            last = Math.max(last + 1, ticks | (low >>> 53));
            return of(last, low);
        }
    }

    /**
     * Returns the same id for the same name and time: whoever may have to publish again what he cannot know to be published,
     * such as a retried request, uses the request's own name and time.
     *
     * @param time when what the event tells of happened, to the millisecond; as fixed as the name
     * @param name what names the event in its source
     */
    public static UUID of(Instant time, String name) {
        byte[] digest = sha256(name);
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return of((time.toEpochMilli() << 12) | (bytes.getLong() & COUNTER_MASK), bytes.getLong());
    }

    /** Returns the least id of a time: all ids of that time and later are not less. */
    public static UUID least(Instant time) {
        return of(time.toEpochMilli() << 12, 0);
    }

    /**
     * Returns the time that an id carries.
     *
     * @throws IllegalArgumentException if it is not of version 7
     */
    public static Instant time(UUID id) {
        if (!isTimed(id)) {
            throw new IllegalArgumentException("The id " + id + " carries no time: it is not a UUID of version 7");
        }
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> TIME_SHIFT);
    }

    /** Returns the time that an id carries, or another one if it carries none. */
    public static Instant timeOr(UUID id, Instant otherwise) {
        return isTimed(id) ? time(id) : otherwise;
    }

    /** Returns whether an id carries a time. */
    public static boolean isTimed(UUID id) {
        return id.version() == VERSION && id.variant() == 2;
    }

    private static UUID of(long timeAndCounter, long low) {
        long time = timeAndCounter >>> 12;
        long counter = timeAndCounter & COUNTER_MASK;
        return new UUID((time << TIME_SHIFT) | ((long) VERSION << 12) | counter, (low & VARIANT_MASK) | VARIANT);
    }

    private static byte[] sha256(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
