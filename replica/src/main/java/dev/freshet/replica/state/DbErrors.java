package dev.freshet.replica.state;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Sorts the errors of the consumer's database by what can be done, and tells them without the data that they may hold. */
public final class DbErrors {
    private static final Map<String, String> WORDS = Map.of(
            "22001", "a value is too long for its column",
            "22003", "a number is out of its column's range",
            "22007", "a text is no date or time of its column's type",
            "22008", "a date or time is out of range",
            "22P02", "a text is no value of its column's type",
            "23502", "null in a column that refuses it",
            "23503", "a foreign key is violated",
            "23505", "a further unique constraint is violated",
            "23514", "a check constraint is violated",
            "42501", "the role has not the right");

    /** Lock timeout, serialization, deadlock: the transaction may be tried again on the same connection. */
    private static final Set<String> TRY_AGAIN = Set.of("55P03", "40001", "40P01", "55006");

    /**
     * Classes of errors whose message quotes no row: login, missing database, rights and names, server short of something or
     * going down.
     */
    private static final Set<String> WITHOUT_DATA = Set.of("28", "3D", "3F", "42", "53", "57");

    private DbErrors() {}

    /** Returns whether the connection is lost (or the server ended the session, or is short of something). */
    public static boolean connectionLost(SQLException e) {
        String state = state(e);
        return serverAway(e) || state.startsWith("53") || state.equals("25P03") || state.equals("57014");
    }

    /** Returns whether the server is away, or has ended the session as it goes down. */
    public static boolean serverAway(SQLException e) {
        String state = state(e);
        return state.startsWith("08") || state.startsWith("57P") || state.isEmpty();
    }

    /** Returns whether the same transaction may succeed when it is tried again. */
    public static boolean passing(SQLException e) {
        return TRY_AGAIN.contains(state(e)) || connectionLost(e);
    }

    /** Returns whether a value or a row was refused. */
    public static boolean ofData(SQLException e) {
        return state(e).startsWith("22") || state(e).startsWith("23");
    }

    /** Returns whether the login fails, the database is missing, or the role has not the right. */
    private static boolean toBeSetRight(SQLException e) {
        return state(e).startsWith("28") || state(e).equals("3D000") || state(e).equals("42501");
    }

    /** Returns whether a lock was not granted in time. */
    public static boolean lockTimeout(SQLException e) {
        return state(e).equals("55P03");
    }

    /** Returns whether a lock was not granted: in time, or because two waited for one another. */
    public static boolean lockRefused(SQLException e) {
        return lockTimeout(e) || state(e).equals("40P01");
    }

    /** Returns the SQLSTATE, or an empty text. */
    public static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    /**
     * Tells an error in a sentence that holds no row data: SQLSTATE, what it means, constraint, column and table.
     *
     * @param showData whether to add the server's own message, which may quote values
     */
    public static String describe(SQLException e, boolean showData) {
        StringBuilder text = new StringBuilder("SQLSTATE ").append(state(e));
        String words = WORDS.get(state(e));
        if (words != null) {
            text.append(" (").append(words).append(')');
        }
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        if (server != null) {
            append(text, "constraint", server.getConstraint());
            append(text, "column", server.getColumn());
            append(text, "table", server.getTable());
        }
        boolean withoutData = state(e).length() == 5 && WITHOUT_DATA.contains(state(e).substring(0, 2));
        if (showData || (server == null && e.getMessage() != null) || withoutData) {
            text.append(": ").append(server == null ? e.getMessage() : server.getMessage());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String what, @Nullable String name) {
        if (name != null) {
            text.append(", ").append(what).append(" '").append(name).append('\'');
        }
    }

    /**
     * Wraps an error: as retriable if it passes, as one of configuration if a login or a right is missing, else as one that
     * stops the work.
     *
     * @param doing what Freshet was doing, such as {@code Replica 'x' could not read its state}
     */
    public static FreshetException wrap(String doing, SQLException e) {
        String message = doing + ": " + describe(e, false);
        if (toBeSetRight(e)) {
            return new ConfigurationException(message + "; `freshet check` lists what its role needs", e);
        }
        return passing(e) ? new RetriableException(message, e) : new FreshetException(message, e);
    }
}
