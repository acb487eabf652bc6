package dev.freshet.embedded;

import dev.freshet.embedded.internal.Processes;
import dev.freshet.embedded.internal.ServerFolder;
import dev.freshet.embedded.internal.ServerLog;
import dev.freshet.embedded.internal.Stopped;
import dev.freshet.embedded.internal.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real server in a child process: how it is ended, brought back, held and watched.
 *
 * <p>The server ends with this JVM, however the JVM ends: a small shell process at the end of a pipe sees to it. An
 * orderly JVM should still {@link #close()} its servers, after whatever uses them; no shutdown hook does it, because it
 * would run at the same time as the hooks of the users.
 *
 * <p>Thread-safe. The methods that change the server's state wait for one another and return when it is reached.
 */
public abstract sealed class EmbeddedServer implements AutoCloseable permits EmbeddedKafka, EmbeddedPostgres {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofMillis(400);
    private static final int ATTEMPTS = 8;

    private final String name;
    private final ServerFolder folder;
    private final ServerLog log;
    private final Duration startLimit;
    private final List<Consumer<ServerDiedException>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Watchdog process;
    private volatile @Nullable Watchdog endingByRequest;
    private volatile @Nullable ServerDiedException death;
    private boolean paused;
    private boolean closed;

    EmbeddedServer(String name, ServerFolder folder, Duration startLimit) {
        this.name = name;
        this.folder = folder;
        this.startLimit = startLimit;
        this.log = new ServerLog(folder.path().resolve(name.toLowerCase(java.util.Locale.ROOT) + ".log"));
    }

    /** Writes what the next run needs, first data included, and returns its command. */
    abstract Launch prepare() throws IOException, InterruptedException;

    /** Whether the run whose log this is serves clients. */
    abstract boolean serves(String logOfThisRun);

    /** The signal that asks for an orderly end. */
    abstract String stopSignal();

    /** Forgets ports that turned out to be taken, so that the next attempt uses others; false if they are fixed. */
    abstract boolean choosePortsAgain() throws IOException;

    /** Processes of the server besides the one that was started; held, let go and killed with it. */
    long[] helpers() {
        return new long[0];
    }

    /** A command and the folder it runs in. */
    record Launch(List<String> command, Path workingDirectory) {}

    /** The server's name in messages: {@code Kafka} or {@code PostgreSQL}. */
    public final String name() {
        return name;
    }

    /** The folder with the server's data, configuration and log. */
    public final Path directory() {
        return folder.path();
    }

    /** The server's log, over all its runs in this folder. */
    public final Path logFile() {
        return log.file();
    }

    /**
     * The process id of the present run.
     *
     * @throws EmbeddedException if the server does not run
     */
    public final long pid() {
        Watchdog running = process;
        if (running == null || !running.isAlive()) {
            throw new EmbeddedException(name + " in " + directory() + " does not run; restart() starts it", null);
        }
        return running.pid();
    }

    /** Whether the server's process exists; true also while it is paused. */
    public final boolean isRunning() {
        Watchdog running = process;
        return running != null && running.isAlive();
    }

    /** How the server died, if the last run ended although nobody had asked it to. */
    public final Optional<ServerDiedException> death() {
        return Optional.ofNullable(death);
    }

    /**
     * Calls the listener when the server ends unasked, on a thread of the JVM's own, in this run and all later ones. It
     * must not block. Without a listener the death is logged as an error, with the end of the server's log.
     */
    public final void onDeath(Consumer<ServerDiedException> listener) {
        listeners.add(listener);
    }

    /**
     * Ends the server in order: it finishes what it has begun and writes its state. After 15 s it is killed. Does
     * nothing if it does not run.
     */
    public final synchronized void stop() {
        Watchdog running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        resume();
        endingByRequest = running;
        running.signal(stopSignal(), running.pid());
        if (!running.awaitEnd(STOP_LIMIT)) {
            LOG.warn(
                    "{} (pid {}) did not stop within {} s and is killed; its log: {}",
                    name,
                    running.pid(),
                    STOP_LIMIT.toSeconds(),
                    logFile());
            kill();
        }
    }

    /**
     * Ends the server as {@code kill -9} does, with all its processes at once: nothing is finished or written. Does
     * nothing if it does not run.
     */
    public final synchronized void kill() {
        Watchdog running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        endingByRequest = running;
        long[] helpers = helpers();
        if (paused && helpers.length > 0) {
            // The watchdog ends with the first process; helpers that stand still would not notice its death by
            // themselves.
            running.signal("KILL", helpers);
        }
        running.signal("KILL", family(running, helpers));
        if (!running.awaitEnd(KILL_LIMIT)) {
            throw new EmbeddedException(
                    name + " (pid " + running.pid() + ") still exists " + KILL_LIMIT.toSeconds() + " s after kill -9",
                    null);
        }
        for (long helper : helpers) {
            awaitGone(helper);
        }
        paused = false;
    }

    /**
     * Starts the server again on the same ports and data, after an orderly {@link #stop()} if it still runs, and
     * returns when it serves clients.
     *
     * @throws ServerStartException if it does not come up, with the end of its log
     */
    public final synchronized void restart() {
        stop();
        start(false);
    }

    /** Holds all processes of the server (SIGSTOP): connections stay, nothing answers. */
    public final synchronized void pause() {
        Watchdog running = process;
        if (running == null || !running.isAlive() || paused) {
            return;
        }
        // the first process first: it starts no others then, and keeps the ids of those it has
        running.signal("STOP", running.pid());
        long[] helpers = helpers();
        if (helpers.length > 0) {
            running.signal("STOP", helpers);
        }
        Stopped.await(family(running, helpers));
        paused = true;
    }

    /** Lets a paused server go on (SIGCONT). Does nothing if it is not paused. */
    public final synchronized void resume() {
        Watchdog running = process;
        if (running != null && running.isAlive() && paused) {
            long[] helpers = helpers();
            running.signal("CONT", family(running, helpers));
        }
        paused = false;
    }

    /**
     * Ends the server for good. In a kept folder it is {@linkplain #stop() stopped}; in a temporary one it is killed and
     * the folder removed.
     */
    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        if (folder.temporary()) {
            kill();
        } else {
            stop();
        }
        closed = true;
        folder.discard();
    }

    /** Starts the first run. */
    final synchronized void startFirst() {
        start(true);
    }

    private void start(boolean portsMayChange) {
        if (closed) {
            throw new EmbeddedException(name + " in " + directory() + " is closed; start a new one", null);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                startOnce();
                return;
            } catch (ServerStartException e) {
                // a port taken between our look and the server's, or a run of an ended JVM that is just going
                boolean portTaken = log.thisRun().contains("Address already in use");
                boolean folderInUse = log.thisRun().contains("Failed to acquire lock on file")
                        || log.thisRun().contains("lock file \"postmaster.pid\" already exists")
                        || log.thisRun().contains("pre-existing shared memory block");
                if (attempt == ATTEMPTS || !(portTaken || folderInUse)) {
                    throw e;
                }
                if (portTaken && portsMayChange) {
                    choosePortsAgainOrFail(e);
                }
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }

    private void choosePortsAgainOrFail(ServerStartException cause) {
        try {
            if (!choosePortsAgain()) {
                throw cause;
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
            throw cause;
        }
    }

    private void startOnce() {
        long began = System.nanoTime();
        Watchdog started;
        try {
            log.beginRun();
            Launch launch = prepare();
            started = Watchdog.start(
                    directory(), launch.workingDirectory(), logFile(), folder.doomed(), launch.command());
        } catch (IOException e) {
            throw new ServerStartException(name + " could not be started in " + directory() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerStartException(name + " was not started: the thread was interrupted", e);
        }
        process = started;
        death = null;
        paused = false;
        endingByRequest = started; // until it serves, its end is a failed start and not a death
        awaitService(started, began);
        endingByRequest = null;
        started.onEnd(status -> ended(started, status));
        LOG.debug(
                "{} serves in {} after {} ms, pid {}",
                name,
                directory(),
                (System.nanoTime() - began) / 1_000_000,
                started.pid());
    }

    private void awaitService(Watchdog started, long began) {
        while (!serves(log.thisRun())) {
            String failure = null;
            if (started.awaitEnd(POLL)) {
                failure = "ended during its start";
            } else if (Thread.currentThread().isInterrupted()) {
                failure = "was not awaited: the thread was interrupted";
            } else if (System.nanoTime() - began > startLimit.toNanos()) {
                failure = "did not serve within " + startLimit.toSeconds() + " s (start limit) and was killed";
            }
            if (failure != null) {
                boolean interrupted = Thread.interrupted();
                String what = name + " in " + directory() + " " + failure;
                String tail = log.tail();
                String summary = summary(what);
                kill();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new ServerStartException(what + ". The end of its log " + logFile() + ":\n" + tail, summary);
            }
        }
    }

    private void ended(Watchdog run, int status) {
        if (endingByRequest == run) {
            return;
        }
        String what = name + " (pid " + run.pid() + ") ended unasked with exit status " + status;
        ServerDiedException died = new ServerDiedException(
                name,
                status,
                what + ". Its data is in " + directory() + "; restart() starts it again. The end of its log "
                        + logFile() + ":\n" + log.tail(),
                summary(what));
        death = died;
        if (listeners.isEmpty()) {
            LOG.error("{}", died.getMessage());
        }
        for (Consumer<ServerDiedException> listener : listeners) {
            try {
                listener.accept(died);
            } catch (RuntimeException e) {
                LOG.error("A listener failed to take the news that {} died", name, e);
            }
        }
    }

    private String summary(String what) {
        return what + log.firstError().map(error -> ": " + error).orElse("") + "; its log: " + logFile();
    }

    private static long[] family(Watchdog running, long[] helpers) {
        return java.util.stream.LongStream.concat(
                        java.util.stream.LongStream.of(running.pid()), java.util.stream.LongStream.of(helpers))
                .toArray();
    }

    private static void awaitGone(long helper) {
        long began = System.nanoTime();
        while (!Processes.isGone(helper) && System.nanoTime() - began < KILL_LIMIT.toNanos()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    @Override
    public String toString() {
        return name + " in " + directory();
    }
}
