package dev.freshet.capture.postgres.snapshot;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The server's errors in Freshet's terms (PostgreSQL manual, appendix "Error Codes"). */
final class SqlErrors {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    /** Syntax error or access rule violation. */
    private static final String NOT_UNDERSTOOD = "42";
    /** A partition that was dropped since the window was planned; a table that is gone has no shape. */
    private static final String UNDEFINED_TABLE = "42P01";

    private SqlErrors() {}

    /** Returns the error's first line, without detail and context, which can hold a row's data. */
    static String text(SQLException e) {
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String message = server == null ? e.getMessage() : server.getMessage();
        return message + " (SQLSTATE " + e.getSQLState() + ')';
    }

    /** Returns whether the server does not know what a statement names. */
    static boolean isUnknown(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith(NOT_UNDERSTOOD) && !state.equals(INSUFFICIENT_PRIVILEGE);
    }

    /**
     * Translates an error that may pass.
     *
     * @param what what failed, as the begin of a sentence
     */
    static RetriableException of(String what, SQLException e) {
        String text = what + ": " + text(e);
        if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
            return new RetriableException(text + "; the table is locked by another session, tried again soon", e);
        }
        return new RetriableException(text, e);
    }

    /**
     * Translates an error of a statement that a table's shape decides. A right that is missing can be given again; a statement
     * that the server does not understand stays one.
     *
     * @param what what failed, as the begin of a sentence
     */
    static FreshetException ofTable(String what, SQLException e) {
        if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return new RetriableException(
                    what + ": " + text(e)
                            + ". Give the source's role SELECT on the table and on each of its partitions,"
                            + " and make sure that row-level security does not apply to the role (BYPASSRLS)",
                    e);
        }
        if (isUnknown(e) && !UNDEFINED_TABLE.equals(e.getSQLState())) {
            return new ConfigurationException(
                    what + ": " + text(e)
                            + ". Freshet cannot read the table as it is: change the column that the server"
                            + " names, leave it out with the stream's 'columns', or give the stream another 'key'",
                    e);
        }
        return of(what, e);
    }
}
