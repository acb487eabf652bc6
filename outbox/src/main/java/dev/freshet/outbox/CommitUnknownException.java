package dev.freshet.outbox;

import dev.freshet.model.FreshetException;
import java.sql.SQLException;

/**
 * The connection was lost during a commit: its transaction has committed as a whole, or not at all, and only the database's content
 * tells which. It may be tried again without looking only where the change itself is known to be the same by a key of the
 * service's own, and the event by its id ({@link Event.Builder#id}), which a message in the log is not.
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

    /**
     * Returns whether an error of a commit leaves open what became of it: the connection is gone, whoever ended it (class 08,
     * PostgreSQL's 57P01 to 57P05, MariaDB's 25S03 where its driver has connected anew), or the database itself does not know
     * (40003).
     */
    public static boolean mayBe(SQLException error) {
        String state = error.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.equals("25S03")
                || state.equals("40003");
    }
}
