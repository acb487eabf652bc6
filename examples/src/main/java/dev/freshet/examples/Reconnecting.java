package dev.freshet.examples;

import dev.freshet.model.RetriableException;
import dev.freshet.outbox.CommitUnknownException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Goes on over a new connection when a database was away, as a service does. */
public final class Reconnecting {
    private static final long PAUSE_NANOS = 100_000_000;

    private Reconnecting() {}

    /** Work on a connection; where it is interrupted by a break it is called again with a new one. */
    @FunctionalInterface
    public interface Work {
        /** Works until it is done; the connection is closed afterwards. */
        void on(Connection connection) throws Exception;
    }

    /**
     * Works until the work returns.
     *
     * @param connections gives new connections
     * @param stopping whether not to try again
     * @param work what is done
     * @throws Exception what the work throws, unless its database was away
     */
    public static void run(Callable<Connection> connections, BooleanSupplier stopping, Work work) throws Exception {
        while (true) {
            try (Connection c = connections.call()) {
                work.on(c);
                return;
            } catch (SQLException e) {
                if (!isAway(e)) {
                    throw e;
                }
            } catch (RetriableException | CommitUnknownException e) {
                if (!(e.getCause() instanceof SQLException)) {
                    throw e;
                }
            }
            if (stopping.getAsBoolean()) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Whether the server is away, or ended the session as it went down. */
    private static boolean isAway(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }
}
