package dev.freshet.model.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * A clock that never goes back: agents may compute waits and limits from it, whatever happens to the machine's time.
 *
 * <p>It shows the machine's time, but where that is set back, it goes on as the JVM's monotonic timer does, ahead of the machine's
 * time until that has caught up. Time that is set forward, or that passed while the machine was suspended, counts at once: a limit
 * that protects, such as how long a copy was away, is met too early rather than too late.
 *
 * <p>What is to be compared with each other must come from one instance, as after a jump two may differ by it. Safe for any thread.
 */
public final class SteadyClock extends Clock {
    private final Clock wall;
    private final LongSupplier nanos;
    private Instant last;
    private long lastNanos;

    private SteadyClock(Clock wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.last = wall.instant();
        this.lastNanos = nanos.getAsLong();
    }

    /** Returns one over a clock that may jump, such as {@link Clock#systemUTC()}. */
    public static SteadyClock over(Clock wall) {
        return over(wall, System::nanoTime);
    }

    /**
     * Returns one over a clock and a timer.
     *
     * @param wall may jump
     * @param nanos a monotonic timer in nanoseconds
     */
    static SteadyClock over(Clock wall, LongSupplier nanos) {
        return new SteadyClock(wall, nanos);
    }

    @Override
    public synchronized Instant instant() {
        // in this order: what passes between the two readings, as while the process is held, is not counted twice
        Instant shown = wall.instant();
        long nowNanos = nanos.getAsLong();
        Instant passed = last.plus(Duration.ofNanos(nowNanos - lastNanos));
        last = shown.isAfter(passed) ? shown : passed;
        lastNanos = nowNanos;
        return last;
    }

    @Override
    public ZoneId getZone() {
        return wall.getZone();
    }

    /** Returns another view of the same machine's time; it is compared with this one's at one's own risk. */
    @Override
    public Clock withZone(ZoneId zone) {
        return new SteadyClock(wall.withZone(zone), nanos);
    }
}
