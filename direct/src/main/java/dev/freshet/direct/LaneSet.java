package dev.freshet.direct;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The lanes that have events, and which of them wait to be tried again. Belongs to the loop's thread, but for {@link #waiting}. */
final class LaneSet {
    private final LanePorts.Tasks loop;
    private final Map<LaneKey, Lane> keyed = new HashMap<>();
    private final Set<Lane> all = new LinkedHashSet<>();
    private final AtomicInteger waiting = new AtomicInteger();

    LaneSet(LanePorts.Tasks loop) {
        this.loop = loop;
    }

    /** Returns the lane of an event, which is new for one without a key. */
    Lane of(Entry entry) {
        Optional<LaneKey> key = entry.lane();
        Lane lane = key.isPresent() ? keyed.computeIfAbsent(key.get(), k -> new Lane(key)) : new Lane(key);
        all.add(lane);
        return lane;
    }

    /** Returns those that there are now. */
    List<Lane> all() {
        return List.copyOf(all);
    }

    void forgetIfEmpty(Lane lane) {
        if (lane.isEmpty() && !lane.sending) {
            all.remove(lane);
            lane.key().ifPresent(keyed::remove);
        }
    }

    void clear() {
        all.clear();
        keyed.clear();
    }

    /** Has a lane wait, unless it is awoken before. */
    void await(Lane lane, long nanos, Runnable then) {
        lane.waiting = true;
        waiting.incrementAndGet();
        int wait = ++lane.wait;
        loop.schedule(
                () -> {
                    if (lane.wait == wait && awake(lane)) {
                        then.run();
                    }
                },
                nanos);
    }

    /** Ends a lane's wait; returns whether it did wait. */
    boolean awake(Lane lane) {
        boolean waited = lane.waiting;
        lane.waiting = false;
        waiting.addAndGet(waited ? -1 : 0);
        return waited;
    }

    /** Returns how many wait. Any thread. */
    int waiting() {
        return waiting.get();
    }
}
