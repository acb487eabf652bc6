package dev.freshet.capture.postgres;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells from a server's error what its receiver can do (PostgreSQL manual, appendix "Error Codes"). */
final class SqlErrors {
    /** {@code object_in_use}. */
    static final String IN_USE = "55006";

    /** {@code query_canceled}, also by {@code statement_timeout}. */
    static final String CANCELLED = "57014";

    /** {@code duplicate_object}. */
    static final String DUPLICATE = "42710";

    /** {@code insufficient_privilege}. */
    static final String PRIVILEGE = "42501";

    /** The class of the errors of a login that is refused. */
    private static final String LOGIN = "28";

    /** {@code invalid_password}, also told of a role that there is not. */
    private static final String WRONG_PASSWORD = "28P01";

    /** {@code invalid_catalog_name}: there is no database of that name. */
    private static final String NO_DATABASE = "3D000";

    private SqlErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param what what failed, as the begin of a sentence that names the source
     */
    static FreshetException translate(String what, SQLException e) {
        String state = state(e);
        String message = what + ": " + text(e);
        if (state.startsWith(LOGIN) || state.equals(NO_DATABASE) || state.equals(PRIVILEGE)) {
            return new ConfigurationException(message + advice(state), e);
        }
        if (state.startsWith("08")
                || state.startsWith("57")
                || state.startsWith("53")
                || state.startsWith("40")
                || state.equals("55P03")
                || state.equals(IN_USE)
                || state.isEmpty()) {
            return new RetriableException(message, e);
        }
        return new FreshetException(message + " (SQLSTATE " + state + ")", e);
    }

    private static String advice(String state) {
        if (state.startsWith(LOGIN)) {
            return "; see its user and password"
                    + (state.equals(WRONG_PASSWORD) ? "" : ", and the server's pg_hba.conf");
        }
        return state.equals(NO_DATABASE) ? "; see its url" : "";
    }

    static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /** Returns the message without the details in which a server may quote row data. */
    static String text(SQLException e) {
        if (e instanceof PSQLException psql) {
            ServerErrorMessage server = psql.getServerErrorMessage();
            if (server != null && server.getMessage() != null) {
                return server.getMessage();
            }
        }
        return String.valueOf(e.getMessage());
    }
}
