package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until a copy has all rows.
 *
 * <p>It asks for the highest id, every 5 ms, and counts the rows only when the last one is there, so as not to
 * compete with whoever fills the copy. One that has too many is waited for too: a sink may delete in a transaction of its
 * own, after it has inserted.
 */
public final class CopyWatch {
    private static final Duration STALL_LIMIT = Duration.ofMinutes(5);
    private static final long PAUSE_NANOS = 5_000_000;
    private static final String UNDEFINED_TABLE = "42P01";

    private CopyWatch() {}

    /**
     * When rows that were not in the copy before arrived.
     *
     * @param first when the first one was seen
     * @param last when all of them were
     */
    public record Arrival(Instant first, Instant last) {}

    /**
     * Waits until the copy is equal to the source, in which nobody writes meanwhile.
     *
     * @param source a connection to the database of {@link BenchTable#NAME}
     * @param target a connection to the copy's database, in autocommit mode
     * @param copy the table, which need not exist yet
     * @param before the highest id that was in the copy before; 0 for none
     * @param alive throws if the contender has failed
     * @return when the rows were there; they are compared after it
     * @throws BenchException if they are not within 5 minutes, or if they differ
     */
    public static Arrival await(Connection source, Connection target, String copy, long before, Runnable alive)
            throws SQLException {
        long rows = BenchTable.count(source, BenchTable.NAME);
        long last = highest(source, BenchTable.NAME);
        long deadline = System.nanoTime() + STALL_LIMIT.toNanos();
        Instant first = null;
        for (long now = highest(target, copy);
                now < last || BenchTable.count(target, copy) != rows;
                now = highest(target, copy)) {
            if (first == null && now > before) {
                first = Instant.now();
            }
            alive.run();
            if (System.nanoTime() > deadline) {
                throw new BenchException("The copy " + copy + " did not have its " + rows + " rows, the last of id "
                        + last + ", within " + STALL_LIMIT.toMinutes() + " minutes");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        Instant there = Instant.now();
        BenchTable.requireEqual(source, BenchTable.NAME, target, copy);
        return new Arrival(first == null ? there : first, there);
    }

    private static long highest(Connection connection, String table) throws SQLException {
        try {
            return Long.parseLong(BenchTable.text(connection, "SELECT coalesce(max(id), 0) FROM " + table));
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                return 0;
            }
            throw e;
        }
    }
}
