package dev.freshet.replica.postgres;

import dev.freshet.replica.port.StoreException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Sorts the errors of the consumer's database by what can be done, and tells them without the data that they may hold. */
public final class DbErrors {
    /** {@code lock_not_available}, also by {@code lock_timeout}. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** The class of the errors of a login that is refused. */
    private static final String LOGIN = "28";

    /** {@code invalid_password}, also told of a role that there is not. */
    private static final String WRONG_PASSWORD = "28P01";

    /** {@code invalid_catalog_name}: there is no database of that name. */
    private static final String NO_DATABASE = "3D000";

    /** {@code sqlclient_unable_to_establish_sqlconnection}: other limits than that of an answer may have been reached. */
    private static final String NOT_CONNECTED = "08001";

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
    private static final Map<String, StoreException.Kind> TRY_AGAIN = Map.of(
            LOCK_NOT_AVAILABLE,
            StoreException.Kind.LOCK_TIMEOUT,
            "40P01",
            StoreException.Kind.DEADLOCK,
            "40001",
            StoreException.Kind.AGAIN,
            "55006",
            StoreException.Kind.AGAIN);

    /**
     * Classes of errors whose message quotes no row: login, missing database, rights and names, server short of something or
     * going down.
     */
    private static final Set<String> WITHOUT_DATA = Set.of("28", "3D", "3F", "42", "53", "57");

    private DbErrors() {}

    /** Returns what can be done about an error. */
    static StoreException.Kind kind(SQLException e) {
        String state = state(e);
        if (state.startsWith("08") || state.startsWith("57P") || state.isEmpty()) {
            return StoreException.Kind.AWAY;
        }
        if (state.startsWith("53") || state.equals("25P03") || state.equals("57014")) {
            return StoreException.Kind.SHORT;
        }
        if (state.startsWith(LOGIN) || state.equals(NO_DATABASE) || state.equals("42501")) {
            return StoreException.Kind.SETUP;
        }
        return TRY_AGAIN.getOrDefault(
                state, isOfTheRow(e) ? StoreException.Kind.ROW_REFUSED : StoreException.Kind.REFUSED);
    }

    /** Returns whether the same transaction may succeed when it is tried again. */
    public static boolean passing(SQLException e) {
        return switch (kind(e)) {
            case SETUP, REFUSED, ROW_REFUSED -> false;
            case AWAY, SHORT, LOCK_TIMEOUT, DEADLOCK, AGAIN -> true;
        };
    }

    /** Returns whether a row was refused for its values: classes 22 (data exception) and 23 (integrity constraint violation). */
    public static boolean isOfTheRow(SQLException e) {
        return state(e).length() == 5 && (state(e).startsWith("22") || state(e).startsWith("23"));
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
        if (state(e).startsWith(LOGIN)) {
            text.append("; see the replica's user and password");
            text.append(state(e).equals(WRONG_PASSWORD) ? "" : ", and the server's pg_hba.conf");
        } else if (state(e).equals(NO_DATABASE)) {
            text.append("; see the replica's url");
        }
        if (e.getCause() instanceof SocketTimeoutException && !state(e).equals(NOT_CONNECTED)) {
            text.append(
                    " No answer came within the replica's limits.answer-timeout beyond its limits.lock-timeout: the session"
                            + " is given up. Where a statement may take longer than that, raise limits.answer-timeout");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String what, @Nullable String name) {
        if (name != null) {
            text.append(", ").append(what).append(" '").append(name).append('\'');
        }
    }
}
