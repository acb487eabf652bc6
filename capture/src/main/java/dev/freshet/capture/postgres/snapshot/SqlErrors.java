package dev.freshet.capture.postgres.snapshot;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The server's errors in Freshet's terms. */
final class SqlErrors {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private SqlErrors() {}

    /** Returns the error's first line, without detail and context, which can hold a row's data. */
    static String text(SQLException e) {
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String message = server == null ? e.getMessage() : server.getMessage();
        return message + " (SQLSTATE " + e.getSQLState() + ')';
    }

    /**
     * Translates an error.
     *
     * @param what what failed, as the begin of a sentence
     */
    static FreshetException of(String what, SQLException e) {
        String text = what + ": " + text(e);
        if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return new ConfigurationException(
                    text + ". Give the source's role SELECT on the table and on each of its partitions, and make sure"
                            + " that row-level security does not apply to the role (BYPASSRLS)",
                    e);
        }
        if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
            return new RetriableException(text + "; the table is locked by another session, tried again soon", e);
        }
        return new RetriableException(text, e);
    }
}
