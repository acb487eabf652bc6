package dev.freshet.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code freshet run} as a child process that can be killed and started again. Belongs to one thread. */
final class FreshetProcess implements AutoCloseable {
    private static final String MAIN = "dev.freshet.cli.FreshetCommand";
    private static final int LOG_END_LINES = 30;

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

    String name() {
        return name;
    }

    void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
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

    /** Kills the process as {@code kill -9} does and waits for its end. */
    void kill() throws InterruptedException {
        Process p = process;
        if (p != null) {
            p.destroyForcibly().waitFor();
        }
    }

    /** Fails with the end of the log if the process has ended by itself. */
    void requireAlive() throws IOException {
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
    public void close() {
        Process p = process;
        if (p == null) {
            return;
        }
        p.destroy();
        try {
            if (!p.waitFor(15, TimeUnit.SECONDS)) {
                p.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            p.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
