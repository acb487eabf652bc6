package dev.freshet.capture.internal;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a thread that reads ahead over a connection, which closes it when it has been told to end. */
public final class ReaderThread {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderThread.class);
    private static final long LIMIT_MILLIS = 5_000;

    private ReaderThread() {}

    /** Waits for the thread's end, up to 5 s; a connection that does not answer is cut then. */
    public static void awaitEnd(Thread thread, Connection connection) {
        awaitEnd(thread, () -> cut(connection));
    }

    /**
     * Waits for the thread's end, up to 5 s.
     *
     * @param cut cuts the connection, if it has not ended by then
     */
    public static void awaitEnd(Thread thread, Runnable cut) {
        boolean interrupted = false;
        try {
            thread.join(LIMIT_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive()) {
            cut.run();
            thread.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cuts a connection that does not answer; by any thread. */
    public static void cut(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("A connection that does not answer could not be cut: {}", e.getMessage());
        }
    }
}
