package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Counts the rows of the ids that are measured, and says when all have come. */
final class Timer {
    private final long firstId;
    private final long lastId;
    private final Signals signals;
    private @Nullable Instant first;
    private long rows;

    Timer(Settings settings, Signals signals) {
        this.firstId = settings.number(Keys.FIRST);
        this.lastId = settings.number(Keys.LAST);
        this.signals = signals;
    }

    /** Takes note of rows that were handled, beginning with this id. */
    void handled(long id, long count) {
        if (id < firstId || id > lastId) {
            return;
        }
        Instant began = first;
        if (began == null) {
            began = Instant.now();
            first = began;
        }
        rows += count;
        if (rows == lastId - firstId + 1) {
            signals.done(began, Instant.now(), rows);
        }
    }
}
