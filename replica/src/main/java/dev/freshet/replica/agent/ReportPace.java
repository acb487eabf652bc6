package dev.freshet.replica.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * Says when the next report of freshness may be made: 5 ms after the last one, and under load so late that reports take a
 * quarter of the agent's time at most; never later than 100 ms after the end of the last. What was not used lately may be used at once, so
 * that a change that comes alone waits for no report.
 */
final class ReportPace {
    /** Two reports are at least that far apart, so that they cost the database little. */
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private static final Duration LONGEST = Duration.ofMillis(100);
    private static final int TIMES_THE_COST = 4;

    /** Up to when the reports that were made may take the time that they took. */
    private Instant paid = Instant.MIN;

    /**
     * Returns when the next report may be made.
     *
     * @param begun when the last one was begun
     * @param cost how long it took
     */
    Instant next(Instant begun, Duration cost) {
        Instant unused = begun.minus(LONGEST);
        Instant latest = begun.plus(cost).plus(LONGEST);
        paid = (paid.isBefore(unused) ? unused : paid).plus(cost.multipliedBy(TIMES_THE_COST));
        if (paid.isAfter(latest)) {
            paid = latest;
        }
        Instant soonest = begun.plus(SHORTEST);
        return paid.isBefore(soonest) ? soonest : paid;
    }

    /** Returns when the next report may be made while nobody can wait for it: after a pause. */
    Instant slow(Instant begun, Duration cost) {
        return begun.plus(cost).plus(LONGEST);
    }
}
