package dev.freshet.bench.process;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.load.Span;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A contender at work in a JVM of its own, as the parent sees it. Belongs to one thread; it is killed when it is closed,
 * and ends by itself when the parent dies.
 */
public final class Child implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final int LOG_TAIL_LINES = 25;

    private final String name;
    private final Process process;
    private final Instant launched;
    private final Path log;
    private final Writer commands;
    private final BlockingQueue<String> oks = new LinkedBlockingQueue<>();
    private final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
    private volatile @Nullable String failure;

    private Child(String name, Process process, Instant launched, Path log) {
        this.name = name;
        this.process = process;
        this.launched = launched;
        this.log = log;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Launches the JVM.
     *
     * @param name the contender's name, for messages
     * @param program what it runs
     * @param jvmOptions its options, heap included
     */
    public static Child launch(String name, Class<? extends Contender> program, List<String> jvmOptions) {
        try {
            Path log = Files.createTempFile("freshet-bench-", ".log");
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.add("-Dlogback.configurationFile=dev/freshet/bench/logback.xml");
            command.add(ChildMain.class.getName());
            command.add(program.getName());
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            Instant launched = Instant.now();
            Child child = new Child(name, builder.start(), launched, log);
            Thread reader = new Thread(child::readAnswers, "bench-" + name);
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new BenchException("The JVM for " + name + " could not be started: " + e.getMessage(), e);
        }
    }

    /** When the JVM was launched. */
    public Instant launched() {
        return launched;
    }

    /** Lets the contender begin, and waits until it has. */
    public void start(Settings settings) {
        settings.values().forEach((key, value) -> command("set " + key + ' ' + value));
        command("start");
        answer("start");
    }

    /** Lets the contender end its work; the JVM stays. */
    public void stop() {
        command("stop");
        answer("stop");
    }

    /** Waits until the contender says that it is done. */
    public Span awaitDone(Duration limit) {
        Span span = await(spans, limit);
        if (span == null) {
            throw new BenchException(name + " was not done within " + limit + logTail());
        }
        return span;
    }

    /** Throws if the contender failed or its JVM ended. */
    public void check() {
        String reason = failure;
        if (reason == null && !process.isAlive()) {
            reason = "its JVM ended with status " + process.exitValue();
        }
        if (reason != null) {
            throw new BenchException(name + " failed: " + reason + logTail());
        }
    }

    /** What the JVM holds just now; empty if it has ended, or where there is no {@code /proc}. */
    public Optional<Usage> usage() {
        return Usage.of(process.pid());
    }

    private void command(String text) {
        try {
            commands.write(text + '\n');
            commands.flush();
        } catch (IOException e) {
            check();
            throw new BenchException(name + " takes no commands: " + e.getMessage() + logTail(), e);
        }
    }

    private void answer(String command) {
        if (await(oks, ANSWER_LIMIT) == null) {
            throw new BenchException(name + " did not " + command + " within " + ANSWER_LIMIT + logTail());
        }
    }

    private <T> @Nullable T await(BlockingQueue<T> queue, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                T found = queue.poll(50, TimeUnit.MILLISECONDS);
                if (found != null) {
                    return found;
                }
                check();
            }
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while " + name + " was measured", e);
        }
    }

    private void readAnswers() {
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(ChildMain.MARK)) {
                    take(line.substring(ChildMain.MARK.length()));
                }
            }
        } catch (IOException e) {
            failure = "its answers cannot be read: " + e.getMessage();
        }
    }

    private void take(String answer) {
        String[] words = answer.split(" ", 4);
        switch (words[0]) {
            case "ok" -> oks.add("ok");
            case "done" ->
                spans.add(new Span(Instant.parse(words[1]), Instant.parse(words[2]), Long.parseLong(words[3])));
            default -> failure = answer;
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            if (lines.isEmpty()) {
                return ". It wrote nothing to its log.";
            }
            return ". The end of its log:\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return ". Its log cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new BenchException("The log of " + name + " could not be removed: " + e.getMessage(), e);
        }
    }
}
