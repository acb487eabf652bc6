package dev.freshet.capture.internal;

import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions to a database over one connection, made anew after a failure. Belongs to one thread. */
public final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Opener opener;
    private final Failure failure;
    private @Nullable Connection connection;

    /** Opens a connection. */
    public interface Opener {
        /** Opens a connection in auto-commit mode; the caller closes it. */
        Connection open() throws SQLException;
    }

    /** Tells what a failure is for its receiver. */
    public interface Failure {
        /**
         * Returns the exception to throw.
         *
         * @param doing what failed, as the end of a sentence that names the source
         */
        FreshetException of(String doing, SQLException e);
    }

    /**
     * Work over the connection.
     *
     * @param <T> what it gives
     */
    public interface Work<T> {
        /** Does it. */
        T on(Connection connection) throws SQLException;
    }

    /** Creates a session; nothing is connected before the first question. */
    public Session(Opener opener, Failure failure) {
        this.opener = opener;
        this.failure = failure;
    }

    /**
     * Asks.
     *
     * @param doing what has failed if it fails
     * @throws FreshetException as the failure tells it
     */
    public <T> T ask(String doing, Work<T> work) {
        try {
            Connection present = connection;
            if (present == null || present.isClosed()) {
                present = opener.open();
                connection = present;
            }
            return work.on(present);
        } catch (SQLException e) {
            FreshetException told = failure.of(doing, e);
            close();
            throw told;
        }
    }

    @Override
    public void close() {
        Connection present = connection;
        connection = null;
        closeQuietly(present);
    }

    /** Closes a connection of which nothing more is expected; a failure there changes nothing. */
    public static void closeQuietly(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection that was given up could not be closed in order: {}", e.getMessage());
        }
    }
}
