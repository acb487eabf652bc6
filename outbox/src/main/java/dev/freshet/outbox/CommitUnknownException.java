package dev.freshet.outbox;

import dev.freshet.model.FreshetException;
import java.sql.SQLException;

/**
 * The connection was lost during a commit: its transaction has committed as a whole, or not at all, and only the database's content
 * tells which. What is tried again nevertheless must be told to be the same by the service's own keys, and the event by an id of
 * the service's own ({@link Event.Builder#id}).
 */
public final class CommitUnknownException extends FreshetException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param what what may have been committed, as a sentence begins
     * @param cause the database's or the driver's error
     */
    public CommitUnknownException(String what, SQLException cause) {
        super(
                what + " may have been committed, or not, since the connection was lost before the answer came ("
                        + cause.getMessage() + "): look whether the change is there before you try it again",
                cause);
    }

    /** Returns whether an error of a commit leaves open what became of it: the connection is gone, whoever ended it. */
    public static boolean mayBe(SQLException error) {
        String state = error.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }
}
