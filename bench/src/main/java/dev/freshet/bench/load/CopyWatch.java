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
     * Waits.
     *
     * @param target a connection to the copy's database, in autocommit mode
     * @param copy the table, which need not exist yet
     * @param last the id of the row that was written last
     * @param rows how many rows there are to be in all
     * @param alive throws if the contender has failed
     * @return when all rows were there
     * @throws BenchException if they are not within 300 s
     */
    public static Instant await(Connection target, String copy, long last, long rows, Runnable alive)
            throws SQLException {
        long deadline = System.nanoTime() + STALL_LIMIT.toNanos();
        while (!has(target, copy, last) || BenchTable.count(target, copy) < rows) {
            alive.run();
            if (System.nanoTime() > deadline) {
                throw new BenchException("The copy " + copy + " did not have its " + rows + " rows, the last of id "
                        + last + ", within " + STALL_LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return Instant.now();
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
