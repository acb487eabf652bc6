package dev.freshet.replica.postgres;

import dev.freshet.replica.port.TableLockedException;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Alters a copy's table if its lock comes soon: who waits for it makes all later readers of the table wait. */
public final class Alteration {
    /** For the transaction that takes such a lock. */
    public static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '1s'";

    private static final Logger LOG = LoggerFactory.getLogger(Alteration.class);

    private Alteration() {}

    /**
     * Runs the statements in the transaction that is open; its other statements wait for locks as before.
     *
     * @throws TableLockedException if the lock did not come; the transaction has failed
     */
    public static void run(Connection db, TableName table, List<String> statements) throws SQLException {
        try (Statement s = db.createStatement()) {
            String before = lockTimeout(s);
            s.execute(LOCK_TIMEOUT);
            for (String sql : statements) {
                s.execute(sql);
            }
            s.execute("SET LOCAL lock_timeout = '" + before + "'");
            // only now: where the lock does not come, it is tried again and again
            LOG.info("The stream's schema has changed: {}", String.join("; ", statements));
        } catch (SQLException e) {
            if (!DbErrors.LOCK_NOT_AVAILABLE.equals(DbErrors.state(e))) {
                throw e;
            }
            throw new TableLockedException(
                    "Table " + table + " is used by a transaction that has not ended, so that it could not be altered ("
                            + String.join("; ", statements)
                            + "): end that transaction, which pg_locks and pg_stat_activity name, or wait",
                    e);
        }
    }

    private static String lockTimeout(Statement s) throws SQLException {
        try (ResultSet row = s.executeQuery("SHOW lock_timeout")) {
            row.next();
            return row.getString(1);
        }
    }
}
