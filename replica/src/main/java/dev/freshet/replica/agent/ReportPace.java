package dev.freshet.replica.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * Says when the next report of freshness may be made. While somebody may wait for it: 5 ms after the last one was begun, and
 * under load so late that reports take a quarter of the agent's time, but not later than 100 ms after the end of the last, so
 * that reports of more than 33 ms take more. What was not used lately may be used at once, so that a change that comes alone
 * waits for no report. While nobody can wait for it, a quarter of the time is the limit whatever a report costs.
 */
final class ReportPace {
    /** Two reports are at least that far apart, so that they cost the database little. */
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private static final Duration LONGEST = Duration.ofMillis(100);
    private static final int TIMES_THE_COST = 4;

    /** Up to when the reports that were made may take the time that they took. */
    private Instant paid = Instant.MIN;

    /**
     * Returns when the next report may be made while somebody may wait for it.
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

    /**
     * Returns when the next report may be made while nobody can wait for it: after a pause of 100 ms, or three times the cost
     * where that is longer.
     *
     * @param begun when the last one was begun
     * @param cost how long it took
     */
    Instant slow(Instant begun, Duration cost) {
        Duration rest = cost.multipliedBy(TIMES_THE_COST - 1);
        return begun.plus(cost).plus(rest.compareTo(LONGEST) < 0 ? LONGEST : rest);
    }
}
