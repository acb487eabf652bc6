package dev.freshet.capture.polling;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long an idle poller waits. Belongs to the log's thread.
 *
 * <p>Implementation note. The waits double up to the poll interval. Where the database can wake the poller, it then falls asleep,
 * and looks once more before it waits: what was committed before it slept is seen by that look, what is committed later wakes it.
 */
final class Pace {
    private static final Duration FIRST_WAIT = Duration.ofMillis(1);

    /**
     * How long it sleeps between two looks: an idle source is known to be complete no sooner, and a row that was inserted past the
     * trigger waits so long.
     */
    private static final Duration SLEEP = Duration.ofMillis(500);

    /** How soon a log that is closed is heard of. */
    private static final Duration NAP = Duration.ofMillis(100);

    private final Duration longestWait;
    private final PolledDatabase.@Nullable Sleep sleep;
    private Duration wait = FIRST_WAIT;
    private boolean asleep;

    /**
     * Creates a pace.
     *
     * @param longestWait between two looks
     * @param sleep how it is woken; null if it is not
     */
    Pace(Duration longestWait, PolledDatabase.@Nullable Sleep sleep) {
        this.longestWait = longestWait;
        this.sleep = sleep;
    }

    /** There is work: looks at once again. */
    void work() throws SQLException {
        wait = FIRST_WAIT;
        if (asleep && sleep != null) {
            asleep = false;
            sleep.end();
        }
    }

    /**
     * A look has found nothing: waits, or falls asleep.
     *
     * @param maySleep whether only a new transaction can give something to do
     * @param closed whether to come back early
     */
    void rest(boolean maySleep, BooleanSupplier closed) throws SQLException, InterruptedException {
        if (asleep) {
            if (isWoken(closed)) {
                work();
            }
            return;
        }
        if (maySleep && sleep != null && wait.compareTo(longestWait) >= 0 && sleep.begin()) {
            asleep = true;
            return;
        }
        LockSupport.parkNanos(this, wait.toNanos());
        if (Thread.interrupted()) {
            throw new InterruptedException("Interrupted while waiting for rows");
        }
        Duration twice = wait.multipliedBy(2);
        wait = twice.compareTo(longestWait) < 0 ? twice : longestWait;
    }

    private boolean isWoken(BooleanSupplier closed) throws SQLException {
        long end = System.nanoTime() + SLEEP.toNanos();
        while (sleep != null && !closed.getAsBoolean() && System.nanoTime() < end) {
            if (sleep.await(NAP)) {
                return true;
            }
        }
        return false;
    }
}
