package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until a copy has all rows.
 *
 * <p>It asks for the last row by its key, every 5 ms, and counts all of them only when that one is there, so as not to
 * compete with whoever fills the copy.
 */
public final class CopyWatch {
    private static final Duration STALL_LIMIT = Duration.ofMinutes(5);
    private static final long PAUSE_NANOS = 5_000_000;
    private static final String UNDEFINED_TABLE = "42P01";

    private CopyWatch() {}

    /**
     * Waits until the copy is equal to the source, in which nobody writes meanwhile.
     *
     * @param source a connection to the database of {@link BenchTable#NAME}
     * @param target a connection to the copy's database, in autocommit mode
     * @param copy the table, which need not exist yet
     * @param alive throws if the contender has failed
     * @return when all rows were there; they are compared after it
     * @throws BenchException if they are not within 5 minutes, or if they differ
     */
    public static Instant await(Connection source, Connection target, String copy, Runnable alive) throws SQLException {
        long rows = BenchTable.count(source, BenchTable.NAME);
        long last = Long.parseLong(BenchTable.text(source, "SELECT max(id) FROM " + BenchTable.NAME));
        long deadline = System.nanoTime() + STALL_LIMIT.toNanos();
        while (!has(target, copy, last) || BenchTable.count(target, copy) < rows) {
            alive.run();
            if (System.nanoTime() > deadline) {
                throw new BenchException("The copy " + copy + " did not have its " + rows + " rows, the last of id "
                        + last + ", within " + STALL_LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        Instant there = Instant.now();
        BenchTable.requireEqual(source, BenchTable.NAME, target, copy);
        return there;
    }

    private static boolean has(Connection target, String copy, long id) throws SQLException {
        try (PreparedStatement query = target.prepareStatement("SELECT 1 FROM " + copy + " WHERE id = ?")) {
            query.setLong(1, id);
            try (ResultSet result = query.executeQuery()) {
                return result.next();
            }
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }
}
