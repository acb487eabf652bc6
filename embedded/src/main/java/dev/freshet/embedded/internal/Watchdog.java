package dev.freshet.embedded.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A server as a child of {@code watchdog.sh}, which ends it when this JVM is gone, also after {@code kill -9}.
 *
 * <p>All signals go through the script's standard input: the script is the server's parent, so the process id it
 * signals cannot have been given to another process meanwhile. Thread-safe.
 */
public final class Watchdog {

    private final Process script;
    private final long pid;
    private final Writer requests;
    private final BufferedReader answers;

    private Watchdog(Process script, long pid, Writer requests, BufferedReader answers) {
        this.script = script;
        this.pid = pid;
        this.requests = requests;
        this.answers = answers;
    }

    /**
     * Starts the command under a watchdog.
     *
     * @param home where the script is written to
     * @param workingDirectory the command's working directory
     * @param log takes the command's output, appended
     * @param doomed is removed if this JVM ends before the command does; null to keep all files
     * @throws IOException if the shell cannot be started
     */
    public static Watchdog start(
            Path home, Path workingDirectory, Path log, @Nullable Path doomed, List<String> command)
            throws IOException {
        Path file = home.resolve("watchdog.sh");
        try (InputStream text = Watchdog.class.getResourceAsStream("watchdog.sh")) {
            if (text == null) {
                throw new IOException("watchdog.sh is missing beside " + Watchdog.class.getName());
            }
            Files.write(file, text.readAllBytes());
        }
        List<String> line = new ArrayList<>();
        // a session of its own: a terminal's Ctrl-C reaches this JVM, which then ends the server in its own order
        Executables.find("setsid").ifPresent(line::add);
        line.addAll(List.of("/bin/sh", file.toString(), log.toString(), doomed == null ? "" : doomed.toString()));
        line.addAll(command);
        Process script = new ProcessBuilder(line)
                .directory(workingDirectory.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        BufferedReader answers = script.inputReader(StandardCharsets.UTF_8);
        String pid = answers.readLine();
        if (pid == null) {
            throw new IOException("the watchdog of " + command.get(0) + " ended at once; see " + log);
        }
        return new Watchdog(script, Long.parseLong(pid), script.outputWriter(StandardCharsets.UTF_8), answers);
    }

    /** The server's process id, which stays reserved until {@link #isAlive()} is false. */
    public long pid() {
        return pid;
    }

    /** Whether the server has not ended yet. */
    public boolean isAlive() {
        return script.isAlive();
    }

    /**
     * Sends a signal and returns when it was sent; does nothing if the server has ended.
     *
     * @param signal its name without SIG, such as {@code KILL}
     * @param pids the server's process or children of it
     */
    public synchronized void signal(String signal, long... pids) {
        String line =
                signal + " " + LongStream.of(pids).mapToObj(Long::toString).collect(Collectors.joining(" "));
        try {
            requests.write(line + "\n");
            requests.flush();
            answers.readLine();
        } catch (IOException e) {
            if (isAlive() && !awaitEnd(Duration.ofSeconds(1))) {
                throw new UncheckedIOException("Could not send " + line + " through the watchdog", e);
            }
        }
    }

    /** Waits for the server's end and tells whether it came in time. Restores the interrupt flag if interrupted. */
    public boolean awaitEnd(Duration limit) {
        try {
            return script.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Calls back with the exit status when the server has ended, at once if it has already: 128 plus the signal if a
     * signal ended it. The callback must not throw.
     */
    public void onEnd(IntConsumer callback) {
        // the future of the callback is of no use: nobody could act on its failure
        var unused = script.onExit().thenAccept(ended -> callback.accept(ended.exitValue()));
    }
}
