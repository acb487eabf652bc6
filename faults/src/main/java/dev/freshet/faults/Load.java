package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One writer on two tables, under a seed: inserts, updates, deletes, key changes, large values that stay unchanged,
 * many-row statements, rollbacks and savepoints. Goes on after each break of its connection; whether the transaction of that
 * moment has committed does not matter, since the source itself is the oracle.
 */
final class Load implements Runnable {
    private static final String[] TABLES = {
        "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, price numeric(12,2), note text, tags text[],"
                + " at timestamptz NOT NULL DEFAULT now())",
        "CREATE TABLE stock (warehouse int, item bigint, quantity int NOT NULL, PRIMARY KEY (warehouse, item))",
        "CREATE TABLE bulk (id bigint PRIMARY KEY, body text NOT NULL)"
    };
    private static final int KEYS = 3_000;
    private static final long PAUSE_NANOS = 1_000_000;

    private final EmbeddedPostgres postgres;
    private final String database;
    private final Random random;
    private volatile boolean stopping;
    private final AtomicLong committed = new AtomicLong();
    private volatile @Nullable Throwable failure;

    Load(EmbeddedPostgres postgres, String database, long seed) {
        this.postgres = postgres;
        this.database = database;
        this.random = new Random(seed);
    }

    /** Makes the tables, with rows. */
    static void prepare(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement()) {
            for (String table : TABLES) {
                s.execute(table);
            }
            s.execute("INSERT INTO item (id, name, price, note, tags) SELECT i, 'item ' || i, i + 0.50,"
                    + " CASE WHEN i % 20 = 0 THEN (SELECT string_agg(md5(i::text || n::text), '') FROM generate_series(1, 150) n)"
                    + " END, ARRAY['a', NULL, i::text] FROM generate_series(1, " + KEYS + ") i");
            s.execute("INSERT INTO stock SELECT w, i, w * i FROM generate_series(1, 3) w, generate_series(1, 1000) i");
        }
    }

    /** Writes many rows in one transaction. */
    static void writeBulk(Connection connection, int rows) throws SQLException {
        try (Statement s = connection.createStatement()) {
            s.execute("INSERT INTO bulk SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, " + rows + ") i");
        }
    }

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
                try (Connection c = postgres.connect(database)) {
                    c.setAutoCommit(false);
                    while (!stopping) {
                        transaction(c);
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (SQLException away) {
                    // The server was killed; that is what this is about. It comes back.
                    LockSupport.parkNanos(50 * PAUSE_NANOS);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void transaction(Connection c) throws SQLException {
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
        long key = 1L + random.nextInt(KEYS);
        switch (random.nextInt(10)) {
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
                        "UPDATE item SET id = id + 1000000 WHERE id = ? AND NOT EXISTS (SELECT FROM item i WHERE i.id = item.id +"
                                + " 1000000)",
                        key);
            case 4 ->
                run(
                        c,
                        "UPDATE item SET id = id - 1000000 WHERE id = ? + 1000000 AND NOT EXISTS (SELECT FROM item i WHERE i.id ="
                                + " item.id - 1000000)",
                        key);
            case 5 -> run(c, "UPDATE item SET price = price + 1 WHERE id BETWEEN ? AND ? + 40", key, key);
            case 6 ->
                run(
                        c,
                        "INSERT INTO stock SELECT 1 + (random() * 3)::int, ? + n, n FROM generate_series(1, 5) n ON CONFLICT"
                                + " (warehouse, item) DO UPDATE SET quantity = stock.quantity + 1",
                        key);
            case 7 -> run(c, "DELETE FROM stock WHERE item = ?", key);
            default -> run(c, "UPDATE item SET name = name || '.', at = clock_timestamp() WHERE id = ?", key);
        }
    }

    private static void run(Connection c, String sql, long... keys) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < keys.length; i++) {
                s.setLong(i + 1, keys[i]);
            }
            s.executeUpdate();
        }
    }
}
