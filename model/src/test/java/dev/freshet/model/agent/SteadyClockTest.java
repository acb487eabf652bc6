package dev.freshet.model.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant shown = START;
    private long nanos = Long.MAX_VALUE - 5;
    private Duration held = Duration.ZERO;
    private final SteadyClock clock = SteadyClock.over(
            new Clock() {
                @Override
                public Instant instant() {
                    Instant read = shown;
                    pass(held);
                    return read;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            },
            () -> {
                long read = nanos;
                pass(held);
                return read;
            });

    private void pass(Duration time) {
        shown = shown.plus(time);
        nanos += time.toNanos();
    }

    /** As a process that is stopped is, or a machine that is suspended. */
    @Test
    void processThatIsHeldBetweenTheReadings_isNotAheadOfTheMachineAfterwards() {
        held = Duration.ofSeconds(5);
        clock.instant();
        held = Duration.ZERO;
        pass(Duration.ofMinutes(1));
        assertEquals(shown, clock.instant());
    }

    private void assertShows(Duration sinceStart) {
        assertEquals(START.plus(sinceStart), clock.instant());
    }

    @Test
    void timeThatPasses_isTheMachines() {
        assertShows(Duration.ZERO);
        pass(Duration.ofSeconds(3));
        assertShows(Duration.ofSeconds(3));
    }

    @Test
    void timeThatIsSetBack_goesOnAsTheTimerDoes_untilTheMachineHasCaughtUp() {
        shown = shown.minus(Duration.ofHours(1));
        assertShows(Duration.ZERO);
        pass(Duration.ofMinutes(1));
        assertShows(Duration.ofMinutes(1));
        pass(Duration.ofMinutes(1));
        assertShows(Duration.ofMinutes(2));
        shown = START.plus(Duration.ofMinutes(2));
        assertShows(Duration.ofMinutes(2));
        pass(Duration.ofMinutes(1));
        assertShows(Duration.ofMinutes(3));
    }

    @Test
    void timeThatIsSetForward_countsAtOnce() {
        shown = shown.plus(Duration.ofDays(8));
        assertShows(Duration.ofDays(8));
        pass(Duration.ofMinutes(1));
        assertShows(Duration.ofDays(8).plusMinutes(1));
    }
}
