package dev.freshet.bench.suite;

import java.time.Duration;
import java.util.List;

/** The cases of {@code bench footprint}. */
public final class FootprintSuite {
    private FootprintSuite() {}

    /**
     * Returns the cases.
     *
     * @param rows how many rows are written while a process is busy
     * @param idle how long nothing is written before it counts as idle
     */
    public static List<Case> cases(long rows, Duration idle) {
        return List.of(new FootprintCase(rows, idle));
    }
}
