package dev.freshet.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code freshet run} as a process of its own; what it prints goes into two files. Killed when closed. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private ServerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static ServerProcess start(Path file, Map<String, String> environment) throws IOException {
        Path out = file.resolveSibling(file.getFileName() + ".out");
        Path err = file.resolveSibling(file.getFileName() + ".err");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FreshetCommand.class.getName(),
                        "run",
                        "-c",
                        file.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        // the launcher says that it takes options from there, among what the tests read
        builder.environment().remove("JDK_JAVA_OPTIONS");
        return new ServerProcess(builder.start(), out, err);
    }

    /** Asks it to stop, as SIGTERM does, and returns its exit code; -1 if it has not ended within the limit. */
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** Returns the exit code of a server that ends by itself; -1 if it has not within the limit. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** Sends a signal, such as STOP or CONT. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("kill -" + name + " ended with status " + kill.exitValue());
        }
    }

    long pid() {
        return process.pid();
    }

    /** Returns its embedded Kafka. */
    ProcessHandle kafka() {
        return process.descendants()
                .filter(p -> p.info().commandLine().orElse("").contains("KafkaMain"))
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
    }

    List<String> logLines() throws IOException {
        return Files.readAllLines(err);
    }

    String printed() throws IOException {
        return Files.readString(out) + Files.readString(err);
    }

    /** Returns the log for a test's message. */
    String log() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
