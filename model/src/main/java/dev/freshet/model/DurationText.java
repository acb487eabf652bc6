package dev.freshet.model;

import java.time.Duration;

/** Durations in messages and logs, as people write them in the configuration: {@code 250ms}, {@code 10s}, {@code 7d}. */
public final class DurationText {
    private DurationText() {}

    /** Returns the shortest exact text in one unit; parts below a millisecond are cut off. */
    public static String of(Duration duration) {
        long ms = duration.toMillis();
        if (ms != 0 && ms % 86_400_000 == 0) {
            return ms / 86_400_000 + "d";
        }
        if (ms != 0 && ms % 3_600_000 == 0) {
            return ms / 3_600_000 + "h";
        }
        if (ms != 0 && ms % 60_000 == 0) {
            return ms / 60_000 + "m";
        }
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }
}
