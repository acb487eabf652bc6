package dev.freshet.capture.mariadb;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Tells from a server's error what its receiver can do (MariaDB manual, "Error Codes"; MySQL's are the same). */
final class SqlErrors {
    /** ER_SPECIFIC_ACCESS_DENIED_ERROR. */
    static final int SPECIFIC_ACCESS_DENIED = 1227;

    /** ER_NO_SUCH_THREAD. */
    static final int NO_SUCH_SESSION = 1094;

    /** ER_DBACCESS_DENIED_ERROR, ER_ACCESS_DENIED_ERROR, ER_BAD_DB_ERROR; then of tables, columns, and special rights. */
    private static final Set<Integer> CONFIGURATION =
            Set.of(1044, 1045, 1049, 1142, 1143, 1146, 1054, SPECIFIC_ACCESS_DENIED);

    /** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED, ER_CONNECTION_KILLED, ER_SERVER_SHUTDOWN. */
    private static final Set<Integer> PASSING = Set.of(1205, 1213, 1317, 1927, 1053);

    private SqlErrors() {}

    /** Returns the exception to throw. */
    static FreshetException translate(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String message = what + ": " + e.getMessage();
        if (CONFIGURATION.contains(e.getErrorCode()) || state.startsWith("28")) {
            return new ConfigurationException(message, e);
        }
        if (e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || PASSING.contains(e.getErrorCode())
                || state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("40")) {
            return new RetriableException(message, e);
        }
        return new FreshetException(message + " (error " + e.getErrorCode() + ", SQLSTATE " + state + ")", e);
    }
}
