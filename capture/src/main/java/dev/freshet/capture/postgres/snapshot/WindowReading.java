package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.RowEncoder;
import dev.freshet.capture.postgres.value.TypeCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A window that is being read: its readers take chunk after chunk, in the order of their places, each on a session of its
 * own that sees the anchor's snapshot.
 *
 * <p>A chunk that turns out too large is cut. The window then ends there: the chunks before it are read to their ends,
 * those behind it are thrown away, and the next window begins at the cut.
 */
final class WindowReading {
    /** A cut at this many times the aim. */
    private static final int CAP_FACTOR = 2;
    /** No chunk is cut below this part of the cap, however few of the window's pages it has. */
    private static final int LEAST_SHARE = 32;

    private final Plan plan;
    private final SnapshotSettings settings;
    private final Connections connections;
    private final ConcurrentLinkedQueue<Connection> idle;
    private final ConcurrentLinkedQueue<Connection> busy = new ConcurrentLinkedQueue<>();
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final AtomicInteger firstCut = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicReferenceArray<@Nullable ChunkRows> results;
    private final CompletableFuture<Void> done;
    private volatile boolean cancelled;

    /**
     * Begins to read.
     *
     * @param idle the sessions to use before new ones are opened, and to which they are given back
     */
    WindowReading(
            Plan plan,
            TypeCatalog types,
            SnapshotSettings settings,
            Connections connections,
            ConcurrentLinkedQueue<Connection> idle,
            Executor executor) {
        this.plan = plan;
        this.settings = settings;
        this.connections = connections;
        this.idle = idle;
        int chunks = plan.chunks().size();
        this.results = new AtomicReferenceArray<>(chunks);
        int readers = Math.min(settings.readers(), chunks);
        CompletableFuture<?>[] readings = new CompletableFuture<?>[readers];
        for (int i = 0; i < readers; i++) {
            RowEncoder encoder = plan.shape().rowEncoder(types);
            readings[i] = CompletableFuture.runAsync(() -> read(new ChunkReader(plan.shape(), encoder)), executor);
        }
        this.done = CompletableFuture.allOf(readings);
    }

    /** Returns whether the reading has ended, well or not. */
    boolean ended() {
        return done.isDone();
    }

    /** Tells the readers to stop; they close their sessions. */
    void cancel() {
        cancelled = true;
        for (Connection connection : busy) {
            try {
                // a reader that waits for the server wakes up
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                Sessions.close(connection);
            }
        }
    }

    /**
     * Returns the rows and what the window took.
     *
     * @throws java.util.concurrent.CompletionException with the failure, if the reading failed
     */
    Result result() {
        done.join();
        List<WindowRows.Row> rows = new ArrayList<>();
        long bytes = 0;
        long pages = 0;
        String resume = plan.following();
        boolean last = plan.last();
        for (int i = 0; i < results.length(); i++) {
            ChunkRows read = results.get(i);
            if (read == null) {
                throw new IllegalStateException("Chunk " + i + " of a snapshot window was not read");
            }
            Chunk chunk = plan.chunks().get(i);
            rows.addAll(read.rows());
            bytes += read.bytes();
            Tid cut = read.cut();
            if (cut != null) {
                pages += cut.page() - chunk.from().page() + 1;
                resume = chunk.resumeAt(cut).text();
                last = false;
                break;
            }
            pages += chunk.pages();
        }
        WindowRows window = new WindowRows(plan.shape().stream(), plan.shape().schemaRecord(), rows, resume, last);
        return new Result(window, pages, bytes);
    }

    private void read(ChunkReader reader) {
        Connection connection = null;
        boolean clean = false;
        try {
            connection = idle.poll();
            if (connection == null) {
                connection = Sessions.open(connections, settings);
            }
            busy.add(connection);
            Sessions.execute(
                    connection,
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '" + plan.snapshot()
                            + "'");
            clean = readChunks(reader, connection);
            if (clean) {
                Sessions.execute(connection, "COMMIT");
            }
        } catch (SQLException e) {
            clean = false;
            throw SqlErrors.ofTable("A snapshot window of stream '" + plan.shape().stream() + "' could not be read", e);
        } finally {
            if (connection != null) {
                busy.remove(connection);
                if (clean && !cancelled) {
                    idle.add(connection);
                } else {
                    Sessions.close(connection);
                }
            }
        }
    }

    /** Reads chunks until none is left; returns whether the session may be used again. */
    private boolean readChunks(ChunkReader reader, Connection connection) throws SQLException {
        int i = nextChunk.getAndIncrement();
        while (i < results.length() && i < firstCut.get() && !cancelled) {
            int index = i;
            Chunk chunk = plan.chunks().get(i);
            ChunkRows rows = reader.read(
                    connection,
                    chunk,
                    cap(settings.rows(), chunk),
                    cap(settings.bytes(), chunk),
                    () -> unwanted(index));
            results.set(i, rows);
            if (rows.cut() != null) {
                firstCut.accumulateAndGet(i, Math::min);
                return false;
            }
            i = nextChunk.getAndIncrement();
        }
        return !cancelled;
    }

    private boolean unwanted(int chunk) {
        return cancelled || chunk > firstCut.get();
    }

    /** The chunk's share of the window's cap, by its pages. */
    private long cap(int aim, Chunk chunk) {
        long cap = (long) CAP_FACTOR * aim;
        long share = cap * chunk.pages() / Math.max(plan.budget(), chunk.pages());
        return Math.max(1, Math.max(share, cap / LEAST_SHARE));
    }

    /**
     * What was read.
     *
     * @param window the rows
     * @param pages over how many pages they were spread
     * @param bytes how many bytes their keys and values have
     */
    record Result(WindowRows window, long pages, long bytes) {}
}
