package dev.freshet.capture.postgres.value;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to the source's database; may be called by any thread. */
@FunctionalInterface
public interface Connections {
    /**
     * Opens a connection; the caller closes it.
     *
     * @return a connection in auto-commit mode, with {@link SessionSettings} pinned
     * @throws SQLException if the server cannot be reached or refuses
     */
    Connection open() throws SQLException;
}
