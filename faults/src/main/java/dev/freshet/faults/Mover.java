package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Moves amounts between {@code cash} and {@code bank}, under a seed: parts of a row, whole rows, many rows at once, and back. Each
 * transaction leaves the sum of both tables what it was, and counts itself in row 0 of {@code cash}.
 */
final class Mover extends Writer {
    private static final long PAUSE_NANOS = 5_000_000;
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

    Mover(FaultWorld world, long seed) {
        super(world, ~seed, PAUSE_NANOS);
    }

    @Override
    boolean transaction(Connection c) throws SQLException {
        execute(c, COUNT);
        int steps = 1 + random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            move(c);
        }
        c.commit();
        return true;
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
}
