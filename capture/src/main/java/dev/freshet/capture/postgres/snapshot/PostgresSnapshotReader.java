package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.table.Leaf;
import dev.freshet.capture.postgres.table.LogPrefixes;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.table.TableShapes;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads PostgreSQL tables in windows of physical locations: ranges of {@code ctid}, several side by side under one
 * exported snapshot, each by a COPY whose bytes become JSON without strings in between.
 *
 * <p>A window takes a few queries on the calling thread to begin; the rows are read by threads of its own. It holds up to
 * {@link SnapshotSettings#readers()} + 2 connections while a table is read, two while keys are looked up, one otherwise. All methods belong to one
 * thread.
 */
public final class PostgresSnapshotReader implements SnapshotReader {
    /*
     * Why physical locations are right beside a log.
     *
     * A row version never moves by itself. VACUUM and pruning rearrange the bytes inside a page, but a version that
     * somebody can still see keeps its page and line pointer (a HOT chain's root is redirected, its members keep theirs);
     * VACUUM cuts off only empty pages at the end; an aborted UPDATE leaves the old version where it was. What gives a
     * row another place is an UPDATE that commits, or a rewrite of the whole file.
     *
     * - UPDATE (also across partitions, where it is a DELETE and an INSERT): the stream has joined before the first
     *   window and everything that ran before that has ended (the caller waits for it), so the UPDATE stands in the log
     *   with the whole row. Whether the windows meet the row once, twice or never no longer matters: twice or at all, as
     *   the window's rule sorts a read row against the log; never, because the log has it. A row without an UPDATE since
     *   is in the one place in which every snapshot since then sees it, and exactly one window reads that place.
     * - A move from an unread to a read place by a transaction whose commit record the log has already given out, but
     *   whose effect is not visible yet: the row would be read at its old place and count as newer than the log's. The
     *   caller waits, before each window, until all that was streamed is visible; what commits during the window is
     *   sorted out by its watermarks. Without that wait the window's rows would be wrong wherever they are read from.
     * - Rows behind the end: the number of pages is taken after the stream has joined, so what was put behind it later
     *   is in the log. The same holds for partitions that are created later and for those whose oid is lower than the one
     *   being read. (A partition attached or detached with its rows changes the table without row messages: the
     *   catalog's fingerprint shows it, and the stream is broken.)
     * - Pages cut off and filled again, free places used again: rows in the log, and read as well at worst.
     * - A rewrite (VACUUM FULL, CLUSTER, TRUNCATE, ALTER TABLE) gives the table another file. Inside a window the lock on
     *   each leaf keeps rewrites out; it is taken before the snapshot, so that one that does not heed snapshots is seen
     *   as over or not begun. Between windows the file's number tells: then the place to resume means nothing.
     * - Inheritance children are tables of their own (ONLY); they are not the captured table, and the log does not send
     *   them for it either.
     *
     * The argument holds for any fixed place, so that a window may end in the midst of a page. It needs the rows in the
     * order of their places, which a TID range scan gives (PostgreSQL 14 and newer); the readers' sessions switch off what
     * could disturb it, and each row is checked. It needs the heap access method; TableShapes refuses others.
     */
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSnapshotReader.class);
    private static final Duration END_WAIT = Duration.ofSeconds(5);

    private final Connections connections;
    private final TypeCatalog types;
    private final Function<String, TableCapture> captures;
    private final String markPrefix;
    private final SnapshotSettings settings;
    private final ControlSession control;
    private final WindowPlanner planner;
    private final ThreadPoolExecutor threads;
    private final ConcurrentLinkedQueue<Connection> idle = new ConcurrentLinkedQueue<>();
    private final Map<String, Density> densities = new HashMap<>();
    private @Nullable Connection anchor;
    private @Nullable WindowReading reading;
    private @Nullable RunningLookup lookup;

    private PostgresSnapshotReader(
            Connections connections,
            TypeCatalog types,
            Function<String, TableCapture> captures,
            String slot,
            SnapshotSettings settings) {
        this.connections = connections;
        this.types = types;
        this.captures = captures;
        this.markPrefix = LogPrefixes.mark(slot);
        this.settings = settings;
        this.control = new ControlSession(connections);
        this.planner = new WindowPlanner(types, settings);
        this.threads = new ThreadPoolExecutor(
                settings.readers(), settings.readers(), 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "snapshot/" + slot);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Creates a reader; nothing is connected yet.
     *
     * @param connections opens connections with {@link dev.freshet.capture.postgres.value.SessionSettings} pinned
     * @param types the source's types, the same as the log uses
     * @param captures gives a stream's table, and throws IllegalStateException for a stream that is not captured
     * @param slot the replication slot, which tells this relay's watermarks from those of others
     * @param settings the limits
     */
    public static PostgresSnapshotReader create(
            Connections connections,
            TypeCatalog types,
            Function<String, TableCapture> captures,
            String slot,
            SnapshotSettings settings) {
        return new PostgresSnapshotReader(connections, types, captures, slot, settings);
    }

    @Override
    public long allotTransactionId() {
        return control.allotTransactionId();
    }

    @Override
    public boolean allEndedBelow(long xid) {
        return control.allEndedBelow(xid);
    }

    @Override
    public Set<Long> invisible(Collection<Long> xids) {
        return xids.isEmpty() ? Set.of() : control.invisible(xids);
    }

    @Override
    public void mark(String text) {
        control.mark(markPrefix, text);
    }

    @Override
    public long estimateRows(String stream) {
        TableCapture capture = captures.apply(stream);
        List<Long> leaves = control.run("The rows of stream '" + stream + "' could not be estimated", connection -> {
            List<String> problems = new ArrayList<>();
            TableShape shape = TableShapes.find(connection, types, capture, problems)
                    .orElseThrow(() -> new ConfigurationException(String.join("\n", problems)));
            return TableShapes.leaves(connection, shape.oid()).stream()
                    .map(Leaf::oid)
                    .toList();
        });
        return leaves.isEmpty() ? 0 : control.estimateRows(leaves);
    }

    @Override
    public void startLookup(String stream, List<byte[]> keys) {
        if (reading != null || lookup != null) {
            throw new IllegalStateException("A window is being read already");
        }
        lookup = new RunningLookup(connections, idle, types, captures.apply(stream), settings, keys, threads);
    }

    @Override
    public Optional<Set<ByteBuffer>> pollLookup() {
        RunningLookup current = lookup;
        if (current == null || !current.ended()) {
            return Optional.empty();
        }
        lookup = null;
        try {
            return Optional.of(current.result());
        } catch (CompletionException e) {
            throw failure(e);
        }
    }

    @Override
    public void startWindow(String stream, String resume, long mostRows) {
        if (reading != null || lookup != null) {
            throw new IllegalStateException("A window is being read already");
        }
        TableCapture capture = captures.apply(stream);
        Density density = densities.computeIfAbsent(stream, s -> new Density(settings));
        boolean begun = false;
        try {
            Connection session = anchor;
            if (session == null) {
                session = Sessions.open(connections, settings);
                anchor = session;
            }
            Plan plan = planner.begin(session, capture, resume, density.pages(mostRows));
            reading = new WindowReading(plan, types, settings, connections, idle, threads);
            begun = true;
        } catch (SQLException e) {
            throw SqlErrors.ofTable("A snapshot window of stream '" + stream + "' could not be opened", e);
        } finally {
            if (!begun) {
                closeAnchor();
                closeIdle();
            }
        }
    }

    @Override
    public Optional<WindowRows> pollWindow() {
        WindowReading current = reading;
        if (current == null || !current.ended()) {
            return Optional.empty();
        }
        reading = null;
        WindowReading.Result result;
        try {
            result = current.result();
            Connection session = anchor;
            if (session != null) {
                Sessions.execute(session, "COMMIT");
            }
        } catch (CompletionException e) {
            closeAnchor();
            closeIdle();
            throw failure(e);
        } catch (SQLException e) {
            // the snapshot was exported by this transaction and seen by all readers before they read; their rows stand,
            // but a transaction that cannot be ended may have lost its locks, and with them the promise of one file
            closeAnchor();
            throw SqlErrors.of("A snapshot window could not be ended", e);
        }
        WindowRows window = result.window();
        densities
                .computeIfAbsent(window.stream(), s -> new Density(settings))
                .learn(result.pages(), window.rows().size(), result.bytes());
        if (window.last()) {
            closeAnchor();
            closeIdle();
        }
        return Optional.of(window);
    }

    private static RuntimeException failure(CompletionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known
                ? known
                : new FreshetException("A snapshot could not be read", cause);
    }

    @Override
    public void cancelWindow() {
        WindowReading current = reading;
        if (current != null) {
            current.cancel();
            reading = null;
        }
        if (lookup != null) {
            lookup.cancel();
            lookup = null;
        }
        closeAnchor();
        closeIdle();
    }

    @Override
    public void close() {
        cancelWindow();
        threads.shutdown();
        try {
            // their sessions are closed already, so that they end at once
            if (!threads.awaitTermination(END_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A reader of snapshots did not end within {}; its connection is left to the server", END_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeIdle();
        control.close();
    }

    private void closeAnchor() {
        Sessions.close(anchor);
        anchor = null;
    }

    private void closeIdle() {
        for (Connection c = idle.poll(); c != null; c = idle.poll()) {
            Sessions.close(c);
        }
    }
}
