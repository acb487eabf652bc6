package dev.freshet.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the copies of the per-transaction replica all the time, as a service does that needs a consistent view of several tables:
 * one snapshot, a statement a table. A sum that is not what the source's transactions leave is a torn read. Counts as well how often
 * it saw the copies in another state than before, as copies that stand still are never torn.
 */
final class SumReader implements Runnable {
    private static final long PAUSE_NANOS = 10_000_000;
    private static final long AWAY_NANOS = 50_000_000;
    private static final int EXAMPLES = 5;

    private final FaultWorld world;
    private final List<String> examples = new ArrayList<>();
    private long lastMoves = -1;
    private volatile boolean stopping;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();
    private final AtomicLong states = new AtomicLong();
    private volatile @Nullable RuntimeException failure;

    SumReader(FaultWorld world) {
        this.world = world;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try (Connection c = world.target();
                        Statement s = c.createStatement()) {
                    c.setAutoCommit(false);
                    c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    while (!stopping) {
                        read(s);
                        c.commit();
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (SQLException e) {
                    // what it has not read does not count
                    Away.require(e);
                    LockSupport.parkNanos(AWAY_NANOS);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void read(Statement s) throws SQLException {
        long[] cash = row(s, "SELECT coalesce(sum(amount), 0), coalesce(max(moves), -1) FROM " + LoadTables.CASH);
        long[] bank = row(s, "SELECT coalesce(sum(amount), 0), 0 FROM " + LoadTables.BANK);
        long sum = cash[0] + bank[0];
        reads.incrementAndGet();
        if (sum != LoadTables.AMOUNT) {
            torn.incrementAndGet();
            if (examples.size() < EXAMPLES) {
                examples.add("torn: cash " + cash[0] + " and bank " + bank[0] + " are " + sum + " instead of "
                        + LoadTables.AMOUNT + ", after " + cash[1] + " moves");
            }
        }
        if (cash[1] != lastMoves) {
            lastMoves = cash[1];
            states.incrementAndGet();
        }
    }

    private static long[] row(Statement s, String sql) throws SQLException {
        try (ResultSet row = s.executeQuery(sql)) {
            row.next();
            return new long[] {row.getLong(1), row.getLong(2)};
        }
    }

    void stop() {
        stopping = true;
    }

    /** Returns how many times both tables were read. */
    long reads() {
        return reads.get();
    }

    /** Returns how many of them did not show what the source had after any of its transactions. */
    long torn() {
        return torn.get();
    }

    /** Returns how many times they showed another state than before. */
    long states() {
        return states.get();
    }

    /** Returns some torn reads in words. Only after {@link #run} has ended. */
    List<String> examples() {
        return List.copyOf(examples);
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
