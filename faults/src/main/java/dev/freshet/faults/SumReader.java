package dev.freshet.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the copies of the per-transaction replica all the time, as a service does that needs a consistent view of several tables:
 * one snapshot, a statement a table. A sum that is not what the source's transactions leave is a torn read. Counts as well how often
 * it saw the copies in another state than before, as copies that stand still are never torn.
 */
final class SumReader extends SqlLoop {
    private static final long PAUSE_NANOS = 10_000_000;
    private static final int EXAMPLES = 5;

    private final FaultWorld world;
    private final List<String> examples = new ArrayList<>();
    private long lastMoves = -1;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();
    private final AtomicLong states = new AtomicLong();

    SumReader(FaultWorld world) {
        super(PAUSE_NANOS);
        this.world = world;
    }

    @Override
    Connection connect() throws SQLException {
        Connection c = world.target();
        try {
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return c;
        } catch (SQLException e) {
            c.close();
            throw e;
        }
    }

    @Override
    void turn(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            read(s);
        }
        c.commit();
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

    /** Returns how many times both tables were read. */
    long reads() {
        return reads.get();
    }

    /** Returns how many of them showed another sum than the source has after each of its transactions. */
    long torn() {
        return torn.get();
    }

    /** Returns how many times they showed another state than before. */
    long states() {
        return states.get();
    }

    /** Returns some torn reads in words. Only after its thread has ended. */
    List<String> examples() {
        return List.copyOf(examples);
    }
}
