package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.TypeCatalog;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A look-up of keys that goes on in the background, on a session of its own. */
final class RunningLookup {
    private final CompletableFuture<Set<ByteBuffer>> done;
    private volatile @Nullable Connection open;
    private volatile boolean cancelled;

    RunningLookup(
            Connections connections,
            TypeCatalog types,
            TableCapture capture,
            SnapshotSettings settings,
            List<byte[]> keys,
            Executor executor) {
        done = CompletableFuture.supplyAsync(() -> run(connections, types, capture, settings, keys), executor);
    }

    private Set<ByteBuffer> run(
            Connections connections,
            TypeCatalog types,
            TableCapture capture,
            SnapshotSettings settings,
            List<byte[]> keys) {
        Connection connection = null;
        try {
            connection = Sessions.open(connections, settings);
            open = connection;
            return cancelled ? Set.of() : KeyLookup.present(connection, types, capture, keys);
        } catch (SQLException e) {
            throw SqlErrors.of("Keys of stream '" + capture.stream() + "' could not be looked up", e);
        } finally {
            Sessions.close(connection);
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
