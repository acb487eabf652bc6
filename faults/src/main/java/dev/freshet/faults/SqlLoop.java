package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Does one thing in a database again and again until it is stopped, and goes on after each break of its connection. */
abstract class SqlLoop implements Runnable {
    private static final long AWAY_NANOS = 50_000_000;

    private final long pauseNanos;
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    /**
     * Prepares it.
     *
     * @param pauseNanos how long it waits after each turn
     */
    SqlLoop(long pauseNanos) {
        this.pauseNanos = pauseNanos;
    }

    @Override
    public final void run() {
        try {
            while (!stopping) {
                try (Connection c = connect()) {
                    c.setAutoCommit(false);
                    while (!stopping) {
                        turn(c);
                        LockSupport.parkNanos(pauseNanos);
                    }
                } catch (SQLException e) {
                    // The server was killed; that is what this is about. It comes back.
                    Away.require(e);
                    LockSupport.parkNanos(AWAY_NANOS);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    abstract Connection connect() throws SQLException;

    /** Does it once, without auto-commit. */
    abstract void turn(Connection c) throws SQLException;

    final void stop() {
        stopping = true;
    }

    /** Returns what has ended it before it was stopped, or null. */
    final @Nullable RuntimeException failure() {
        return failure;
    }
}
