package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("servers")
class KillTest {
    private static final int KILLS = Integer.getInteger("freshet.kills", 8);

    /** The child processes have a heap of 256 MB. */
    @Test
    void transactionOfAMillionRows_passesThroughASmallHeap(@TempDir Path folder) throws Exception {
        try (FaultRun run = FaultRun.start(1, folder)) {
            assertEquals(List.of(), run.runBulk(1_000_000, Duration.ofMinutes(5)));
        }
    }

    @Test
    void everyProcessKilled_underLoad_leavesTheCopiesEqualToTheSource(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        try (FaultRun run = FaultRun.start(seed, folder)) {
            FaultReport report = run.run(KILLS, Duration.ofMinutes(3));
            System.out.println(
                    "seed " + seed + ": " + report.transactions() + " transactions, killed " + report.killed());
            assertEquals(List.of(), report.differences(), () -> "under seed " + seed);
            assertTrue(report.transactions() > 100, () -> "transactions: " + report.transactions());
            assertEquals(
                    Set.of("relay", "replica-1", "replica-2", "kafka", "source", "target"),
                    Set.copyOf(report.killed()),
                    "every kind of process was killed");
        }
    }
}
