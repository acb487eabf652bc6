package dev.freshet.faults;

import dev.freshet.model.FreshetException;
import java.sql.SQLException;
import java.util.Set;

/** Tells statements that failed for a fault from those that failed for what they say. */
final class Away {
    /** Classes of SQLSTATE: no connection, rolled back, no resources, ended by an operator or a crash. */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57");

    /** A session that stood still for too long, a lock that was waited for too long. */
    private static final Set<String> STATES = Set.of("25P03", "55P03");

    private Away() {}

    /** Returns the failure of the server that a library has wrapped. */
    static SQLException cause(FreshetException e) {
        if (e.getCause() instanceof SQLException cause) {
            return cause;
        }
        throw e;
    }

    /**
     * Passes where a server is away, or takes nothing for now.
     *
     * @throws IllegalStateException if the statement itself is at fault, which no run may pass over
     */
    static void require(SQLException e) {
        String state = e.getSQLState();
        if (state == null || !(CLASSES.contains(state.substring(0, 2)) || STATES.contains(state))) {
            throw new IllegalStateException(
                    "A statement of the run failed, though its server is there: " + e.getMessage(), e);
        }
    }
}
