package dev.freshet.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes to the source, one transaction after the other, under a seed. Whether that of the moment at which its connection breaks
 * has committed does not matter, since the source itself is the oracle.
 */
abstract class Writer extends SqlLoop {
    /** Draws what is written; used by {@link #transaction} alone. */
    final Random random;

    private final FaultWorld world;
    private final AtomicLong committed = new AtomicLong();

    /**
     * Prepares a writer.
     *
     * @param pauseNanos how long it waits after each transaction
     */
    Writer(FaultWorld world, long seed, long pauseNanos) {
        super(pauseNanos);
        this.world = world;
        this.random = new Random(seed);
    }

    @Override
    final Connection connect() throws SQLException {
        return world.source();
    }

    @Override
    final void turn(Connection c) throws SQLException {
        if (transaction(c)) {
            committed.incrementAndGet();
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
}
