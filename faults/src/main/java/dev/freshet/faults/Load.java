package dev.freshet.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One writer on several tables, under a seed: inserts, updates, deletes, key changes, large values that stay unchanged,
 * many-row statements, rollbacks and savepoints. Goes on after each break of its connection; whether the transaction of that
 * moment has committed does not matter, since the source itself is the oracle.
 *
 * <p>Several writers have keys of their own, so that they never wait for one another for long.
 */
final class Load implements Runnable {
    private static final long PAUSE_NANOS = 2_500_000;
    private static final long AWAY_NANOS = 50_000_000;
    private static final int MOVED = 1_000_000;
    private static final int MANY_EVENTS = 60;

    private final FaultWorld world;
    private final int writer;
    private final int writers;
    private final Random random;
    private volatile boolean stopping;
    private final AtomicLong committed = new AtomicLong();
    private volatile @Nullable Throwable failure;

    /**
     * Prepares a writer.
     *
     * @param writer its number, from 0
     * @param writers how many there are
     */
    Load(FaultWorld world, int writer, int writers, long seed) {
        this.world = world;
        this.writer = writer;
        this.writers = writers;
        this.random = new Random(seed + writer);
    }

    /** Returns how many transactions were committed for sure. */
    long committed() {
        return committed.get();
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    void stop() {
        stopping = true;
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
        run(c, "INSERT INTO load_tx (writer) VALUES (?)", writer);
        int steps = 1 + random.nextInt(4);
        for (int i = 0; i < steps; i++) {
            step(c);
        }
        if (random.nextInt(5) == 0) {
            Savepoint savepoint = c.setSavepoint();
            step(c);
            step(c);
            if (random.nextBoolean()) {
                c.rollback(savepoint);
            } else {
                c.releaseSavepoint(savepoint);
            }
        }
        if (random.nextInt(10) == 0) {
            c.rollback();
        } else {
            c.commit();
            committed.incrementAndGet();
        }
    }

    private void step(Connection c) throws SQLException {
        long key = 1L + random.nextInt(LoadTables.KEYS / writers) * (long) writers + writer;
        switch (random.nextInt(12)) {
            case 0 -> run(c, "DELETE FROM item WHERE id = ?", key);
            case 1, 2 ->
                run(
                        c,
                        "INSERT INTO item (id, name, price) VALUES (?, 'new', random() * 100) ON CONFLICT (id) DO UPDATE SET name ="
                                + " 'again', tags = ARRAY['x']",
                        key);
            case 3 ->
                run(
                        c,
                        "UPDATE item SET id = id + ? WHERE id = ? AND NOT EXISTS (SELECT FROM item i WHERE i.id = item.id + ?)",
                        MOVED,
                        key,
                        MOVED);
            case 4 ->
                run(
                        c,
                        "UPDATE item SET id = id - ? WHERE id = ? AND NOT EXISTS (SELECT FROM item i WHERE i.id = item.id - ?)",
                        MOVED,
                        key + MOVED,
                        MOVED);
            case 5 ->
                run(
                        c,
                        "UPDATE item SET price = price + 1 WHERE id BETWEEN ? AND ? + 20 AND (id - 1) % ? = ?",
                        key,
                        key,
                        writers,
                        writer);
            case 6 ->
                run(
                        c,
                        "INSERT INTO stock SELECT w, ?, w FROM generate_series(1, 4) w ON CONFLICT (warehouse, item) DO UPDATE SET"
                                + " quantity = stock.quantity + 1",
                        key);
            case 7 -> run(c, "DELETE FROM stock WHERE item = ?", key);
            case 8 -> events(c, 1 + random.nextInt(MANY_EVENTS));
            case 9 ->
                run(
                        c,
                        "DELETE FROM event WHERE id % ? = ? AND id <= (SELECT max(id) FROM event) - 1000",
                        writers,
                        writer);
            default -> run(c, "UPDATE item SET name = left(name, 50) || '.', at = clock_timestamp() WHERE id = ?", key);
        }
    }

    private void events(Connection c, int count) throws SQLException {
        run(
                c,
                "INSERT INTO event (id, body) SELECT (coalesce(max(id), 0) / ? + n) * ? + ?, md5(n::text) FROM (SELECT max(id) AS id"
                        + " FROM event WHERE id % ? = ?) e, generate_series(1, ?) n GROUP BY n",
                writers,
                writers,
                writer,
                writers,
                writer,
                count);
    }

    private static void run(Connection c, String sql, long... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                s.setLong(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }
}
