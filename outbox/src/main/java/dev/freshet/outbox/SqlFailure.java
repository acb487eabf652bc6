package dev.freshet.outbox;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Tells the failure of a statement by what its caller can do, in PostgreSQL, MySQL and MariaDB. */
public final class SqlFailure {
    /** PostgreSQL's undefined_table, undefined_function, undefined_column; table and column of MySQL and MariaDB. */
    private static final Set<String> MISSING = Set.of("42P01", "42883", "42703", "42S02", "42S22");

    /** PostgreSQL's insufficient_privilege. */
    private static final String FORBIDDEN = "42501";

    /** What MySQL and MariaDB have for a syntax error and for a missing privilege alike. */
    private static final String SYNTAX_OR_ACCESS = "42000";

    /** By which they differ: ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR. */
    private static final Set<Integer> ACCESS_ERRORS = Set.of(1142, 1143);

    /** PostgreSQL's lock_not_available: waited for longer than lock_timeout. */
    private static final String LOCKED = "55P03";

    /** The same of MySQL and MariaDB, ER_LOCK_WAIT_TIMEOUT, whose SQLSTATE is that of all that have none. */
    private static final int LOCK_WAIT_ERROR = 1205;

    private static final String GENERAL = "HY000";

    private SqlFailure() {}

    /**
     * Returns the exception to throw.
     *
     * @param what what could not be done: a sentence without its full stop
     * @param ifMissing what to do where the database does not know what the statement names
     * @param ifForbidden what to do where the database does not allow it
     * @return a {@link ConfigurationException} if the database lacks what is needed, a {@link RetriableException} if it may be tried
     *     again, and another exception otherwise
     */
    public static FreshetException of(String what, String ifMissing, String ifForbidden, SQLException e) {
        String state = e.getSQLState();
        return of(what, ifMissing, ifForbidden, state == null ? "" : state, e.getErrorCode(), passes(e), e);
    }

    /** Returns whether JDBC itself says that the error is one of the moment. */
    static boolean passes(SQLException e) {
        return e instanceof SQLTransientException || e instanceof SQLRecoverableException;
    }

    /**
     * Returns the exception to throw for an error of any client.
     *
     * @param state the error's SQLSTATE, or an empty text
     * @param code the database's own code of the error, or 0
     * @param passes whether the client knows that it passes
     */
    static FreshetException of(
            String what, String ifMissing, String ifForbidden, String state, int code, boolean passes, Throwable e) {
        String told = what + " (SQLSTATE " + state + "): " + e.getMessage();
        if (MISSING.contains(state)) {
            return new ConfigurationException(told + "; " + ifMissing, e);
        }
        if (isForbidden(state, code)) {
            return new ConfigurationException(told + "; " + ifForbidden, e);
        }
        return passes || passes(state, code) ? new RetriableException(told, e) : new FreshetException(told, e);
    }

    private static boolean isForbidden(String state, int code) {
        return state.equals(FORBIDDEN) || (state.equals(SYNTAX_OR_ACCESS) && ACCESS_ERRORS.contains(code));
    }

    private static boolean passes(String state, int code) {
        return state.equals(LOCKED)
                || (state.equals(GENERAL) && code == LOCK_WAIT_ERROR)
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P");
    }
}
