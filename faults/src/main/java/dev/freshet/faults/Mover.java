package dev.freshet.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Moves amounts between {@code cash} and {@code bank}, under a seed: parts of a row, whole rows, many rows at once, and back. Each
 * transaction leaves the sum of both tables what it was, and counts itself in row 0 of {@code cash}. Goes on after each break of its
 * connection.
 */
final class Mover implements Runnable {
    private static final long PAUSE_NANOS = 5_000_000;
    private static final long AWAY_NANOS = 50_000_000;
    private static final int MANY_ONE_IN = 40;

    private static final String COUNT = "UPDATE cash SET moves = moves + 1 WHERE id = 0";

    private static final String PART = "WITH taken AS (UPDATE %1$s SET amount = amount - ? WHERE id = ? RETURNING 1)"
            + " INSERT INTO %2$s (id, amount) SELECT ?, ? FROM taken ON CONFLICT (id) DO UPDATE SET amount = %2$s.amount +"
            + " excluded.amount";

    private static final String WHOLE = "WITH gone AS (DELETE FROM %1$s WHERE id = ? RETURNING amount)"
            + " INSERT INTO %2$s (id, amount) SELECT ?, amount FROM gone ON CONFLICT (id) DO UPDATE SET amount = %2$s.amount +"
            + " excluded.amount";

    private static final String MANY = "WITH gone AS (DELETE FROM %1$s WHERE id BETWEEN ? AND ? RETURNING id, amount)"
            + " INSERT INTO %2$s (id, amount) SELECT id, amount FROM gone ON CONFLICT (id) DO UPDATE SET amount = %2$s.amount +"
            + " excluded.amount";

    private final FaultWorld world;
    private final Random random;
    private final AtomicLong committed = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    Mover(FaultWorld world, long seed) {
        this.world = world;
        this.random = new Random(~seed);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try (Connection c = world.source()) {
                    c.setAutoCommit(false);
                    while (!stopping) {
                        transaction(c);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (SQLException away) {
                    // The server was killed; that is what this is about. It comes back.
                    LockSupport.parkNanos(AWAY_NANOS);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void transaction(Connection c) throws SQLException {
        execute(c, COUNT);
        int steps = 1 + random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            move(c);
        }
        c.commit();
        committed.incrementAndGet();
    }

    private void move(Connection c) throws SQLException {
        boolean out = random.nextBoolean();
        String from = out ? LoadTables.CASH : LoadTables.BANK;
        String to = out ? LoadTables.BANK : LoadTables.CASH;
        long taken = 1L + random.nextInt(LoadTables.ACCOUNTS);
        long given = 1L + random.nextInt(LoadTables.ACCOUNTS);
        int kind = random.nextInt(MANY_ONE_IN);
        if (kind == 0) {
            execute(c, MANY.formatted(from, to), Math.min(taken, given), Math.max(taken, given));
        } else if (kind < MANY_ONE_IN / 4) {
            execute(c, WHOLE.formatted(from, to), taken, given);
        } else {
            long amount = 1L + random.nextInt(500);
            execute(c, PART.formatted(from, to), amount, taken, given, amount);
        }
    }

    private static void execute(Connection c, String sql, long... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                s.setLong(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }

    /** Returns how many transactions were committed for sure. */
    long committed() {
        return committed.get();
    }

    void stop() {
        stopping = true;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
