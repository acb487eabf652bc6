package dev.freshet.bench.suite;

import java.time.Duration;
import java.util.List;

/** The cases of {@code bench outbox}: from a service's transaction to a topic of events. */
public final class OutboxSuite {
    private static final int PER_TRANSACTION = 5_000;
    /** Of a backlog's default of rows, so many are as long as a second of what is measured for its latency: 20 s. */
    private static final long ROWS_A_SECOND = 15_000;

    private OutboxSuite() {}

    /**
     * Returns the cases.
     *
     * @param rows how many events a backlog has; the other cases take their measure from it
     * @param perSecond how many events a second are published where latency is measured
     */
    public static List<Case> cases(long rows, int perSecond) {
        Duration counted = Duration.ofMillis(Math.max(1000, rows * 1000 / ROWS_A_SECOND));
        Duration warmUp = counted.multipliedBy(3).dividedBy(2);
        Duration longest = LatencyProbe.WARM_UP;
        LatencyProbe probe = new LatencyProbe(perSecond, warmUp.compareTo(longest) < 0 ? warmUp : longest, counted);
        return List.of(
                new CommitCase(rows),
                new DrainCase("drain, one event a transaction", 1, rows, OutboxWays.draining()),
                new DrainCase("drain, many a transaction", PER_TRANSACTION, rows, OutboxWays.draining()),
                new ToTopicLatency("latency", "outbox: commit to consumer", probe, OutboxWays.all()),
                new FlatCase(rows));
    }
}
