package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.TypeCatalog;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A look-up of keys that goes on in the background, on a session of its own, which the next one goes on with. */
final class RunningLookup {
    private final Queue<Connection> idle;
    private final CompletableFuture<Set<ByteBuffer>> done;
    private volatile @Nullable Connection open;
    private volatile boolean cancelled;

    /**
     * Begins to look up.
     *
     * @param idle the sessions to use before a new one is opened, and to which it is given back
     */
    RunningLookup(
            Connections connections,
            Queue<Connection> idle,
            TypeCatalog types,
            TableCapture capture,
            SnapshotSettings settings,
            List<byte[]> keys,
            Executor executor) {
        this.idle = idle;
        done = CompletableFuture.supplyAsync(() -> run(connections, types, capture, settings, keys), executor);
    }

    private Set<ByteBuffer> run(
            Connections connections,
            TypeCatalog types,
            TableCapture capture,
            SnapshotSettings settings,
            List<byte[]> keys) {
        Connection connection = idle.poll();
        boolean clean = false;
        try {
            if (connection == null) {
                connection = Sessions.open(connections, settings);
            }
            open = connection;
            Set<ByteBuffer> present = cancelled ? Set.of() : find(connection, types, capture, keys);
            clean = true;
            return present;
        } catch (SQLException e) {
            throw SqlErrors.ofTable("Keys of stream '" + capture.stream() + "' could not be looked up", e);
        } finally {
            open = null;
            if (connection != null && clean && !cancelled) {
                idle.add(connection);
            } else {
                Sessions.close(connection);
            }
        }
    }

    /** What the server does not know by the name that was learnt may have been renamed or moved since, so it is learnt anew once. */
    private static Set<ByteBuffer> find(
            Connection connection, TypeCatalog types, TableCapture capture, List<byte[]> keys) throws SQLException {
        try {
            return KeyLookup.present(connection, types, capture, keys);
        } catch (SQLException e) {
            if (!SqlErrors.isUnknown(e)) {
                throw e;
            }
            types.forget();
            Sessions.execute(connection, "ROLLBACK");
            return KeyLookup.present(connection, types, capture, keys);
        }
    }

    boolean ended() {
        return done.isDone();
    }

    /**
     * Returns the keys that are there.
     *
     * @throws java.util.concurrent.CompletionException with the failure
     */
    Set<ByteBuffer> result() {
        return done.join();
    }

    /** Ends it; nobody asks for its result. */
    void cancel() {
        cancelled = true;
        Connection connection = open;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                Sessions.close(connection);
            }
        }
    }
}
