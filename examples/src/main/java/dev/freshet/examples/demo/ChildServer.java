package dev.freshet.examples.demo;

import dev.freshet.model.FreshetException;
import dev.freshet.server.Server;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.HttpConfig;
import dev.freshet.server.http.StatusClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The server in a process of its own, which can be killed. It ends with this process. Thread-safe. */
final class ChildServer implements DemoServer {
    private static final long STOP_SECONDS = 20;

    private final Path configuration;
    private final Path log;
    private final HttpConfig http;
    private Process process;
    private ServerStatus last = new ServerStatus(
            "", Instant.EPOCH, false, List.of("The server is starting"), List.of(), List.of(), List.of());

    private ChildServer(Path configuration, HttpConfig http) throws IOException {
        this.configuration = configuration;
        this.log = configuration.resolveSibling("freshet.log");
        this.http = http;
        this.process = launch();
    }

    /**
     * Starts it.
     *
     * @param configuration the file that it runs
     * @param http where that file says that it answers
     */
    static ChildServer start(Path configuration, HttpConfig http) throws IOException {
        return new ChildServer(configuration, http);
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildServer.class.getName(),
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Runs the server until its standard input ends, which it does with the parent. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]).toAbsolutePath();
        Configuration config = ConfigurationFile.read(file, Map.of());
        try (Server server = Server.start(config, file.resolveSibling(""), Clock.systemUTC())) {
            System.out.println("status at port " + server.httpPort());
            System.in.transferTo(System.out);
        }
    }

    /** Ends it as {@code kill -9} does. */
    synchronized void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again after a kill. */
    synchronized void restart() throws IOException {
        process = launch();
    }

    @Override
    public ServerStatus status() {
        try {
            StatusClient.ask(http).map(StatusClient::parse).ifPresent(this::remember);
        } catch (FreshetException held) {
            // it has not answered in time: what it said last stands
            return last();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return last();
    }

    private synchronized ServerStatus last() {
        return last;
    }

    private synchronized void remember(ServerStatus status) {
        last = status;
    }

    @Override
    public synchronized void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new FreshetException("The server's process could not be ended in order; its log is " + log, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
