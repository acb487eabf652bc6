package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.server.Server;
import dev.freshet.server.config.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of commands beside a server that captures tables of one database and copies them into another. */
@OnServers
abstract class InShop {
    static final Duration LIMIT = Duration.ofSeconds(90);

    final TestDatabase shop;
    final TestDatabase shipping;
    Path file = Path.of("");
    String source = "";

    @TempDir
    private Path folder = Path.of("");

    private String bootstrapServers = "";
    private int port;

    InShop(TestDatabase shop, TestDatabase shipping) {
        this.shop = shop;
        this.shipping = shipping;
    }

    @BeforeEach
    final void open(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        bootstrapServers = kafka.bootstrapServers();
        source = prefix.name("shop");
        port = ServerProcess.freePort();
        prepare();
    }

    /** Makes the tables and calls {@link #write}. */
    abstract void prepare() throws Exception;

    /**
     * Writes the file.
     *
     * @param tables the tables that are captured, each as the stream of its name
     * @param copies the replica's streams, with their settings
     */
    final void write(List<String> tables, String copies) throws IOException {
        String streams = tables.stream()
                .map(t -> "  " + t + ": { source: " + source + ", table: public." + t + " }\n")
                .collect(Collectors.joining());
        file = Files.writeString(folder.resolve("freshet.yaml"), """
                kafka: { bootstrap-servers: "%s" }
                sources: { %s: { url: "%s", user: %s, password: "%s" } }
                streams:
                %sreplicas:
                  copies:
                    streams: %s
                    url: "%s"
                    user: %s
                    password: "%s"
                    group: %s
                http: { port: %d }
                """.formatted(
                        bootstrapServers,
                        source,
                        shop.jdbcUrl(),
                        shop.user(),
                        shop.password(),
                        streams,
                        copies,
                        shipping.jdbcUrl(),
                        shipping.user(),
                        shipping.password(),
                        source,
                        port));
    }

    final Server start() {
        return Server.start(ConfigurationFile.read(file, Map.of()), folder.resolve(".freshet"), Clock.systemUTC());
    }

    final Server startUntilReady() {
        Server server = start();
        untilReady(server);
        return server;
    }

    static void untilReady(Server server) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertTrue(
                        server.status().ready(), () -> server.status().toString()));
    }

    /** Runs a command on the file. */
    final CommandLineRun freshet(String... arguments) {
        return answering("", arguments);
    }

    final CommandLineRun answering(String answer, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-c", file.toString()));
        return CommandLineRun.answering(answer, all.toArray(String[]::new));
    }
}
