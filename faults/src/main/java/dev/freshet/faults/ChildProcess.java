package dev.freshet.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code freshet run} as a child process that can be killed, held and started again. Thread-safe. */
final class FreshetProcess implements Victim, AutoCloseable {
    private static final String MAIN = "dev.freshet.cli.FreshetCommand";
    private static final int LOG_END_LINES = 30;
    private static final int STOP_LIMIT_SECONDS = 15;

    private final String name;
    private final Path configuration;
    private final Path log;
    private @Nullable Process process;

    /** Prepares a process with a configuration file; its output goes into a file beside it. */
    FreshetProcess(String name, Path configuration) {
        this.name = name;
        this.configuration = configuration;
        this.log = configuration.resolveSibling(name + ".log");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // small, so that a transaction of many rows does not fit in
                "-Xmx128m",
                // most of a short run is start-up
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MAIN,
                "run",
                "-c",
                configuration.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
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
        Process p = process;
        if (p == null) {
            return;
        }
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(p.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " of process '" + name + "' ended with status " + status);
        }
    }

    /** Fails with the end of the log if the process has ended by itself. */
    synchronized void requireAlive() throws IOException {
        Process p = process;
        if (p != null && !p.isAlive()) {
            throw new IllegalStateException("Process '" + name + "' has ended by itself with status " + p.exitValue()
                    + "; its log ends:\n" + logEnd());
        }
    }

    /** Returns the end of the process's output. */
    String logEnd() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_END_LINES), lines.size()));
    }

    @Override
    public synchronized void close() {
        Process p = process;
        process = null;
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
