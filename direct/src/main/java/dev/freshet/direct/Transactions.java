package dev.freshet.direct;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs work in transactions of their own, READ COMMITTED. Safe to share between threads. */
final class Transactions {
    private final DataSource database;

    Transactions(DataSource database) {
        this.database = database;
    }

    /** Work inside a transaction. */
    interface Work<T> {
        /** Does it; the transaction is rolled back if this throws. */
        T run(Connection connection) throws SQLException;
    }

    /** Runs work and commits it; the connection goes back as it came. */
    <T> T run(Work<T> work) throws SQLException {
        try (Connection connection = database.getConnection()) {
            boolean auto = connection.getAutoCommit();
            int isolation = connection.getTransactionIsolation();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            T result;
            try {
                result = work.run(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, auto, isolation, e);
                throw e;
            }
            restore(connection, auto, isolation);
            return result;
        }
    }

    private static void rollBack(Connection connection, boolean auto, int isolation, Exception cause) {
        try {
            connection.rollback();
            restore(connection, auto, isolation);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void restore(Connection connection, boolean auto, int isolation) throws SQLException {
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(auto);
    }
}
