package dev.freshet.server.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** How fast snapshots go: rows a second over the last measured stretch. All methods may be called by any thread. */
final class SnapshotRates {
    private static final Duration STRETCH = Duration.ofSeconds(2);

    private record Seen(Instant since, long rowsThen, long rowsNow, long rate) {}

    private final InstantSource clock;
    private final Map<String, Seen> seen = new HashMap<>();

    SnapshotRates(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes note of a stream's progress. */
    synchronized void observe(String stream, long rowsDone) {
        Instant now = clock.instant();
        Seen before = seen.get(stream);
        if (before == null || rowsDone < before.rowsNow()) {
            seen.put(stream, new Seen(now, rowsDone, rowsDone, 0));
            return;
        }
        long millis = Duration.between(before.since(), now).toMillis();
        if (millis >= STRETCH.toMillis()) {
            seen.put(stream, new Seen(now, rowsDone, rowsDone, (rowsDone - before.rowsThen()) * 1000 / millis));
        } else {
            seen.put(stream, new Seen(before.since(), before.rowsThen(), rowsDone, before.rate()));
        }
    }

    /** Returns the rate in rows a second; 0 before it is known. */
    synchronized long rate(String stream) {
        Seen s = seen.get(stream);
        return s == null ? 0 : s.rate();
    }
}
