package dev.freshet.faults;

import java.sql.SQLException;
import java.util.Set;

/** Tells statements that failed for a fault from those that failed for what they say. */
final class Away {
    /** Classes of SQLSTATE: no connection, rolled back, no resources, ended by an operator or a crash. */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57");

    private Away() {}

    /**
     * Passes where a server is away, or takes nothing for now.
     *
     * @throws IllegalStateException if the statement itself is at fault, which no run may pass over
     */
    static void require(SQLException e) {
        String state = e.getSQLState();
        if (state == null || !CLASSES.contains(state.substring(0, 2))) {
            throw new IllegalStateException(
                    "A statement of the run failed, though its server is there: " + e.getMessage(), e);
        }
    }
}
