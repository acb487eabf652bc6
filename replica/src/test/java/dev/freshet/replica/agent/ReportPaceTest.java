package dev.freshet.replica.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Reports are paced by what they cost, and a change that comes alone waits for none. */
class ReportPaceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ReportPace pace = new ReportPace();

    private Duration until(Instant begun, int costMillis) {
        return Duration.between(begun, pace.next(begun, Duration.ofMillis(costMillis)));
    }

    @Test
    void changesFarApart_waitForNoReport() {
        for (int i = 0; i < 100; i++) {
            Instant change = START.plusMillis(100L * i);
            assertEquals(5, until(change, 5).toMillis());
            assertEquals(5, until(change.plusMillis(6), 5).toMillis());
        }
    }

    @Test
    void reportsOneAfterTheOther_takeAQuarterOfTheTime() {
        Instant now = START;
        int reports = 0;
        for (; now.isBefore(START.plusSeconds(10)); reports++) {
            now = pace.next(now, Duration.ofMillis(10));
        }
        assertTrue(reports >= 245 && reports <= 260, "reports in 10 s: " + reports);
    }

    @Test
    void costlyReports_areAHundredMillisecondsApartAtMost_andLeaveNoDebt() {
        Instant now = START;
        for (int i = 0; i < 20; i++) {
            Instant next = pace.next(now, Duration.ofSeconds(2));
            assertEquals(2_100, Duration.between(now, next).toMillis());
            now = next;
        }
        assertEquals(5, until(now.plusMillis(200), 5).toMillis());
    }

    @Test
    void reportsThatNobodyWaitsFor_restAHundredMilliseconds_andTakeAQuarterOfTheTimeAtMost() {
        assertEquals(105, slow(5).toMillis());
        assertEquals(133, slow(33).toMillis());
        assertEquals(800, slow(200).toMillis());
        assertEquals(8_000, slow(2_000).toMillis());
    }

    private Duration slow(int costMillis) {
        return Duration.between(START, pace.slow(START, Duration.ofMillis(costMillis)));
    }
}
