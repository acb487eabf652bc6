package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dfreshet.faults.seed=} repeats a run, {@code -Dfreshet.faults.count=} makes a longer one. */
@Tag("servers")
class KillTest {
    private static final int FAULTS = Integer.getInteger("freshet.faults.count", 24);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** A transaction of as many rows as here is larger than the child processes' heap of 128 MB. */
    @Test
    void nothingIsLostDoubledOrClaimedFalsely_underFaultsOfEveryKind(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("freshet.faults.seed", System.nanoTime());
        System.out.println("-Dfreshet.faults.seed=" + seed);
        try (FaultRun run = FaultRun.start(seed, folder, System.out::println)) {
            assertEquals(List.of(), run.runBulk(300_000, LIMIT));
            run.freezeEachRelay(LIMIT);
            FaultReport report = run.run(FAULTS, LIMIT);
            report.lines().forEach(System.out::println);
            assertAll(
                    () -> assertTrue(report.good(), () -> String.join("\n", report.lines())),
                    () -> assertTrue(report.faults().kills() >= 8
                            && report.faults().freezes() >= 8
                            && report.faults().network() >= 8),
                    () -> assertTrue(report.transactions() > 100 && report.applied() > 1000 && report.claims() >= 3));
        }
    }
}
