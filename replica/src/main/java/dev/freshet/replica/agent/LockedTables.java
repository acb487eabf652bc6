package dev.freshet.replica.agent;

import dev.freshet.replica.ApplyLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tables that are to be altered and whose lock did not come. Each is asked for it once a back-off, which doubles, however
 * many partitions wait for it: whoever asks makes all readers of the table wait, and the instance's thread as well. Belongs to
 * one thread.
 */
final class LockedTables {
    /**
     * A table's back-off.
     *
     * @param asked whether it is over and the table may be asked again, so that the next refusal begins another one
     */
    private record BackOff(Duration length, Instant until, boolean asked) {}

    private final ApplyLimits limits;
    private final Map<String, BackOff> byTopic = new HashMap<>();

    /** Creates it without tables. */
    LockedTables(ApplyLimits limits) {
        this.limits = limits;
    }

    /** Takes note that a record of the topic waits for its table; returns when the table is asked again, which may be now. */
    Instant refused(String topic, Instant now) {
        BackOff last = byTopic.get(topic);
        if (last != null && !last.asked()) {
            return last.until().isBefore(now) ? now : last.until();
        }
        Duration wait = limits.retryAfter(last == null ? null : last.length());
        Instant until = now.plus(wait);
        byTopic.put(topic, new BackOff(wait, until, false));
        return until;
    }

    /** Returns the topics whose tables are to be asked again, each once a back-off. */
    Set<String> due(Instant now) {
        Set<String> due = new TreeSet<>();
        byTopic.replaceAll((topic, b) -> {
            if (b.asked() || now.isBefore(b.until())) {
                return b;
            }
            due.add(topic);
            return new BackOff(b.length(), b.until(), true);
        });
        return due;
    }

    /** Takes note that no partition waits any more, or that the table was altered. */
    void forget(String topic) {
        byTopic.remove(topic);
    }
}
