package dev.freshet.replica.agent;

import dev.freshet.replica.ApplyLimits;
import dev.freshet.replica.StreamTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The streams whose tables cannot be filled for now, each with the reason and the time of the next try; the wait doubles from
 * try to try. Belongs to one thread.
 */
final class HeldStreams {
    private final InstantSource clock;
    private final ApplyLimits limits;
    private final Map<String, Held> held = new TreeMap<>();

    private record Held(StreamTarget target, String reason, Duration pause, Instant until) {
        String text() {
            return "Stream '" + target.stream() + "' is not copied for now: " + reason + "; its fill is tried again at "
                    + until.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    /** Creates it without streams. */
    HeldStreams(InstantSource clock, ApplyLimits limits) {
        this.clock = clock;
        this.limits = limits;
    }

    /** Holds a stream back, for twice as long as the last time; returns how long. */
    Duration hold(StreamTarget target, String reason) {
        Held before = held.get(target.stream());
        return hold(target, reason, limits.retryAfter(before == null ? null : before.pause()));
    }

    /** Holds a stream back whose fill a server that is away has ended: for the first wait, as often as that happens. */
    Duration holdBriefly(StreamTarget target, String reason) {
        return hold(target, reason, limits.retryAfter(null));
    }

    private Duration hold(StreamTarget target, String reason, Duration wait) {
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

    /** Holds a stream no longer; returns whether it was held. */
    boolean forget(StreamTarget target) {
        return held.remove(target.stream()) != null;
    }

    /** Holds no others than these any longer; returns whether one was held. */
    boolean retain(Collection<StreamTarget> targets) {
        return held.keySet()
                .retainAll(targets.stream().map(StreamTarget::stream).collect(Collectors.toSet()));
    }

    /** Returns whether a stream is held and its next try not due yet. */
    boolean waits(StreamTarget target) {
        Held h = held.get(target.stream());
        return h != null && clock.instant().isBefore(h.until());
    }

    /** Returns by stream, in a sentence each, why it is held and until when. */
    Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        held.forEach((stream, h) -> texts.put(stream, h.text()));
        return texts;
    }
}
