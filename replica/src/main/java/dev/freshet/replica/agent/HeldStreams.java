package dev.freshet.replica.agent;

import dev.freshet.replica.StreamTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams whose tables cannot be filled for now, each with the reason and the time of the next try; the wait doubles from
 * try to try. Belongs to one thread.
 */
final class HeldStreams {
    private final InstantSource clock;
    private final Duration first;
    private final Duration limit;
    private final Map<String, Held> held = new TreeMap<>();

    private record Held(StreamTarget target, String reason, Duration pause, Instant until) {
        String text() {
            return "Stream '" + target.stream() + "' is not copied for now: " + reason + "; its fill is tried again at "
                    + until.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    /**
     * Creates it without streams.
     *
     * @param first the first wait
     * @param limit the longest
     */
    HeldStreams(InstantSource clock, Duration first, Duration limit) {
        this.clock = clock;
        this.first = first;
        this.limit = limit;
    }

    /** Holds a stream back, for twice as long as the last time; returns how long. */
    Duration hold(StreamTarget target, String reason) {
        Held before = held.get(target.stream());
        Duration doubled = before == null ? first : before.pause().multipliedBy(2);
        Duration wait = doubled.compareTo(limit) < 0 ? doubled : limit;
        held.put(target.stream(), new Held(target, reason, wait, clock.instant().plus(wait)));
        return wait;
    }

    /** Puts the next try of a held stream off, as long as the last time. */
    void putOff(StreamTarget target) {
        held.computeIfPresent(
                target.stream(),
                (s, h) -> new Held(
                        h.target(), h.reason(), h.pause(), clock.instant().plus(h.pause())));
    }

    void forget(StreamTarget target) {
        held.remove(target.stream());
    }

    boolean holds(StreamTarget target) {
        return held.containsKey(target.stream());
    }

    int count() {
        return held.size();
    }

    /** Returns a stream whose next try is due, or null. */
    @Nullable
    StreamTarget due() {
        if (held.isEmpty()) {
            return null;
        }
        Instant now = clock.instant();
        for (Held h : held.values()) {
            if (!now.isBefore(h.until())) {
                return h.target();
            }
        }
        return null;
    }

    /** Returns by stream, in a sentence each, why it is held and until when. */
    Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        held.forEach((stream, h) -> texts.put(stream, h.text()));
        return texts;
    }
}
