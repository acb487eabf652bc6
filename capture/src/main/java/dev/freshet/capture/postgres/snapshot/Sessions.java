package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.value.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes the sessions in which a window's transactions run. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private Sessions() {}

    /**
     * Opens a session for reading. Its rows come in the order of their places: no synchronized scan that begins in the
     * midst, no parallel workers. Row-level security that would hide rows is an error instead. The server ends what lasts
     * too long.
     */
    static Connection open(Connections connections, SnapshotSettings settings) throws SQLException {
        Connection connection = connections.open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off; SET synchronize_seqscans = off;"
                    + " SET max_parallel_workers_per_gather = 0; SET row_security = off; SET jit = off;"
                    + " SET lock_timeout = " + settings.lockWait().toMillis() + ";"
                    + " SET statement_timeout = " + settings.limit().toMillis() + ";"
                    + " SET idle_in_transaction_session_timeout = "
                    + settings.limit().toMillis());
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    /** Closes a connection, if there is one. */
    static void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // the server ends a session whose connection is gone
            LOG.debug("A snapshot's connection could not be closed in order: {}", SqlErrors.text(e));
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
