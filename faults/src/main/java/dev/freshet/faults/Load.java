package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/**
 * One writer on several tables, under a seed: inserts, updates, deletes, key changes, large values that stay unchanged,
 * many-row statements, rollbacks and savepoints.
 *
 * <p>Several writers have keys of their own, so that they never wait for one another for long.
 */
final class Load extends Writer {
    private static final long PAUSE_NANOS = 2_500_000;
    private static final int MOVED = 1_000_000;
    private static final int MANY_EVENTS = 60;
    private static final int PUBLISHED_KEYS = 20;

    private final int writer;
    private final int writers;
    private final List<Way> ways = List.of(Way.TABLE, Way.LOG);
    private final List<Publisher> publishers;

    /**
     * Prepares a writer.
     *
     * @param writer its number, from 0
     * @param writers how many there are
     */
    Load(FaultWorld world, int writer, int writers, long seed) {
        super(world, seed + writer, PAUSE_NANOS);
        this.writer = writer;
        this.writers = writers;
        this.publishers =
                ways.stream().map(w -> Publisher.of(w, Steps.endless(), 0)).toList();
    }

    @Override
    boolean transaction(Connection c) throws SQLException {
        execute(c, "INSERT INTO load_tx (writer) VALUES (?)", writer);
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
            return false;
        }
        c.commit();
        return true;
    }

    private void step(Connection c) throws SQLException {
        long key = 1L + random.nextInt(LoadTables.KEYS / writers) * (long) writers + writer;
        switch (random.nextInt(15)) {
            case 0 -> execute(c, "DELETE FROM item WHERE id = ?", key);
            case 1, 2 ->
                execute(
                        c,
                        "INSERT INTO item (id, name, price) VALUES (?, 'new', random() * 100) ON CONFLICT (id) DO UPDATE SET name ="
                                + " 'again', tags = ARRAY['x']",
                        key);
            case 3 ->
                execute(
                        c,
                        "UPDATE item SET id = id + ? WHERE id = ? AND NOT EXISTS (SELECT FROM item i WHERE i.id = item.id + ?)",
                        MOVED,
                        key,
                        MOVED);
            case 4 ->
                execute(
                        c,
                        "UPDATE item SET id = id - ? WHERE id = ? AND NOT EXISTS (SELECT FROM item i WHERE i.id = item.id - ?)",
                        MOVED,
                        key + MOVED,
                        MOVED);
            case 5 ->
                execute(
                        c,
                        "UPDATE item SET price = price + 1 WHERE id BETWEEN ? AND ? + 20 AND (id - 1) % ? = ?",
                        key,
                        key,
                        writers,
                        writer);
            case 6 ->
                execute(
                        c,
                        "INSERT INTO stock SELECT w, ?, w FROM generate_series(1, 4) w ON CONFLICT (warehouse, item) DO UPDATE SET"
                                + " quantity = stock.quantity + 1",
                        key);
            case 7 -> execute(c, "DELETE FROM stock WHERE item = ?", key);
            case 12, 13, 14 -> publish(c);
            case 8 -> events(c, 1 + random.nextInt(MANY_EVENTS));
            case 9 ->
                execute(
                        c,
                        "DELETE FROM event WHERE id % ? = ? AND id <= (SELECT max(id) FROM event) - 1000",
                        writers,
                        writer);
            default ->
                execute(c, "UPDATE item SET name = left(name, 50) || '.', at = clock_timestamp() WHERE id = ?", key);
        }
    }

    private void publish(Connection c) throws SQLException {
        int way = random.nextInt(ways.size());
        String key = ways.get(way).word() + "/load/" + writer + '/' + random.nextInt(PUBLISHED_KEYS);
        publishers.get(way).publish(c, Request.of(key, false), random.nextInt(5) == 0);
    }

    private void events(Connection c, int count) throws SQLException {
        execute(
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
}
