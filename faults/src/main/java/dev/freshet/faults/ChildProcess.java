package dev.freshet.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A main class in a child process that can be killed, held and started again; one that ends itself between two steps (see {@link
 * Steps}) is started again at once. Thread-safe.
 */
final class ChildProcess implements Victim, AutoCloseable {
    private static final int LOG_END_LINES = 30;
    private static final int STOP_LIMIT_SECONDS = 15;

    private final String name;
    private final Path log;
    private final IntFunction<List<String>> command;
    private @Nullable Process process;
    private int starts;
    private int ownEnds;
    private @Nullable IOException failure;

    private ChildProcess(String name, Path log, IntFunction<List<String>> command) {
        this.name = name;
        this.log = log;
        this.command = command;
    }

    /** Prepares {@code freshet run} with a configuration file; its output goes into a file beside it. */
    static ChildProcess freshet(String name, Path configuration) {
        List<String> command = List.of("dev.freshet.cli.FreshetCommand", "run", "-c", configuration.toString());
        return new ChildProcess(name, configuration.resolveSibling(name + ".log"), start -> command);
    }

    /** Prepares the publishing service with the file of its settings; its output goes into a file beside it. */
    static ChildProcess service(String name, Path settings) {
        return new ChildProcess(
                name,
                settings.resolveSibling(name + ".log"),
                start -> List.of(ServiceMain.class.getName(), settings.toString(), Integer.toString(start)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start() throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // small, so that a transaction of many rows does not fit in
                "-Xmx128m",
                // most of a short run is start-up
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        starts++;
        line.addAll(command.apply(starts));
        Process started = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = started;
        // its failure is kept
        CompletableFuture<Void> unused = started.onExit().thenAccept(this::ended);
    }

    private synchronized void ended(Process p) {
        try {
            if (p == process && hasEndedItself(p)) {
                ownEnds++;
                start();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private static boolean hasEndedItself(Process p) {
        return !p.isAlive() && p.exitValue() == Steps.STATUS;
    }

    @Override
    public synchronized void kill() throws InterruptedException {
        Process p = process;
        process = null;
        if (p != null) {
            p.destroyForcibly().waitFor();
        }
    }

    @Override
    public synchronized void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    @Override
    public synchronized void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int status = 0;
        do {
            Process p = process;
            if (p == null) {
                return;
            }
            status = new ProcessBuilder("kill", "-" + signal, Long.toString(p.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start()
                    .waitFor();
            if (!hasEndedItself(p)) {
                break;
            }
            // before the signal came: its next life gets it
            ended(p);
        } while (true);
        if (status != 0) {
            throw new IOException("kill -" + signal + " of process '" + name + "' ended with status " + status);
        }
    }

    /**
     * Ends its standard input, and waits until it has done what is left and ended with status 0.
     *
     * @param limit how long it may take
     */
    void finish(Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Process p;
            synchronized (this) {
                requireAlive();
                p = process;
                if (p == null) {
                    throw new IllegalStateException("Process '" + name + "' does not run");
                }
                p.getOutputStream().close();
            }
            if (!p.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("Process '" + name + "' has not done what was left within "
                        + limit.toSeconds() + " s; its log ends:\n" + logEnd());
            }
            synchronized (this) {
                if (p == process && p.exitValue() == 0) {
                    process = null;
                    return;
                }
            }
        }
    }

    /** Fails with the end of the log if the process has ended by itself. */
    synchronized void requireAlive() throws IOException {
        Process p = process;
        if (p != null && hasEndedItself(p)) {
            ended(p);
        } else if (p != null && !p.isAlive()) {
            throw new IllegalStateException("Process '" + name + "' has ended by itself with status " + p.exitValue()
                    + "; its log ends:\n" + logEnd());
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns how many times it has ended itself between two steps. */
    synchronized int ownEnds() {
        return ownEnds;
    }

    /** Returns the end of the process's output. */
    String logEnd() throws IOException {
        if (!Files.exists(log)) {
            return "(it was not started)";
        }
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_END_LINES), lines.size()));
    }

    @Override
    public void close() {
        Process p;
        synchronized (this) {
            p = process;
            process = null;
        }
        if (p == null) {
            return;
        }
        p.destroy();
        try {
            if (!p.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                p.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            p.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
