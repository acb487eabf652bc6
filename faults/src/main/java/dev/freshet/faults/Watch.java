package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the copies while faults happen: whether they claim to be complete, whether that is true, and what was applied. A
 * server that is away is asked again.
 */
final class Watch implements Runnable {
    private static final long PAUSE_NANOS = 200_000_000;
    private static final int COUNTED_EVERY = 20;

    private final FaultWorld world;
    private final ClaimCheck claims = new ClaimCheck();
    private final CountingCopy counting = new CountingCopy();
    private volatile boolean stopping;
    private volatile boolean complete;
    private volatile long longestGapNanos;
    private volatile long checked;
    private volatile long found;
    private volatile @Nullable RuntimeException failure;

    Watch(FaultWorld world) {
        this.world = world;
    }

    @Override
    public void run() {
        long lastComplete = System.nanoTime();
        try {
            for (int i = 1; !stopping; i++) {
                boolean now = look();
                if (i % COUNTED_EVERY == 0) {
                    count();
                }
                complete = now;
                long at = System.nanoTime();
                longestGapNanos = Math.max(longestGapNanos, at - lastComplete);
                if (now) {
                    lastComplete = at;
                }
                checked = claims.checked();
                found = claims.wrong() + counting.doubled() + counting.disordered();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private boolean look() {
        boolean claimed = false;
        try (Connection c = world.target()) {
            claimed = claims.take(c);
        } catch (SQLException e) {
            Away.require(e);
            return false;
        }
        try (Connection c = world.source()) {
            claims.check(c);
        } catch (SQLException e) {
            // the claim waits
            Away.require(e);
            return claimed;
        }
        return claimed;
    }

    private void count() {
        try (Connection c = world.target()) {
            counting.count(c);
        } catch (SQLException e) {
            // the next time counts it
            Away.require(e);
        }
    }

    void stop() {
        stopping = true;
    }

    /** Does what is left, with both servers there. Only after {@link #run} has ended. */
    void finish() throws SQLException {
        try (Connection c = world.target()) {
            claims.take(c);
            counting.count(c);
        }
        try (Connection c = world.source()) {
            claims.check(c);
        }
    }

    boolean complete() {
        return complete;
    }

    long longestGapMillis() {
        return longestGapNanos / 1_000_000;
    }

    long checked() {
        return checked;
    }

    /** Returns how much was found wrong so far. */
    long found() {
        return found;
    }

    ClaimCheck claims() {
        return claims;
    }

    CountingCopy counting() {
        return counting;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
