package dev.freshet.faults;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** The machine's time, set back and forth. Safe for any thread. */
final class JumpingClock extends Clock {
    private final Clock clock = Clock.systemUTC();
    private volatile Duration offset = Duration.ZERO;

    /** Sets the time so far ahead of the real one, or behind it. */
    void setTo(Duration fromNow) {
        offset = fromNow;
    }

    @Override
    public Instant instant() {
        return clock.instant().plus(offset);
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Nobody asks for zones");
    }
}
