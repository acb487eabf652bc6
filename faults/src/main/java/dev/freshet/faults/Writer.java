package dev.freshet.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the source, one transaction after the other, under a seed. Goes on after each break of its connection; whether the
 * transaction of that moment has committed does not matter, since the source itself is the oracle.
 */
abstract class Writer implements Runnable {
    private static final long AWAY_NANOS = 50_000_000;

    /** Draws what is written; used by {@link #transaction} alone. */
    final Random random;

    private final FaultWorld world;
    private final long pauseNanos;
    private final AtomicLong committed = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    /**
     * Prepares a writer.
     *
     * @param pauseNanos how long it waits after each transaction
     */
    Writer(FaultWorld world, long seed, long pauseNanos) {
        this.world = world;
        this.random = new Random(seed);
        this.pauseNanos = pauseNanos;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try (Connection c = world.source()) {
                    c.setAutoCommit(false);
                    while (!stopping) {
                        if (transaction(c)) {
                            committed.incrementAndGet();
                        }
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

    /**
     * Writes a transaction, and ends it.
     *
     * @return whether it was committed
     */
    abstract boolean transaction(Connection c) throws SQLException;

    static void execute(Connection c, String sql, long... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                s.setLong(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }

    /** Returns how many transactions were committed for sure. */
    final long committed() {
        return committed.get();
    }

    final void stop() {
        stopping = true;
    }

    final @Nullable RuntimeException failure() {
        return failure;
    }
}
