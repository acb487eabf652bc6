package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process of its own, asked and stopped as people do. */
@OnServers
class RunCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path folder = Path.of("");

    private Path write(EmbeddedKafka kafka, TestDatabase shop, int port) throws IOException, SQLException {
        shop.execute(
                "CREATE TABLE orders (o_orderkey bigint PRIMARY KEY, o_totalprice numeric(15,2))",
                "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
        return Files.writeString(folder.resolve("freshet.yaml"), """
                kafka: { bootstrap-servers: "%s" }
                sources: { cli: { url: "%s", user: %s, password: "%s" } }
                streams: { orders: { source: cli, table: public.orders } }
                http: { port: %d }
                log: { format: json }
                """.formatted(
                        kafka.bootstrapServers(), shop.jdbcUrl(), shop.user(), shop.password(), port));
    }

    @Test
    void server_isAskedStoppedAndRemovedByTheCommands(EmbeddedKafka kafka, TestDatabase shop) throws Exception {
        Path file = write(kafka, shop, ServerProcess.freePort());
        String config = file.toString();
        assertEquals(ExitCodes.OK, CommandLineRun.of("check", "-c", config).exitCode());
        CommandLineRun before = CommandLineRun.of("status", "-c", config);
        assertEquals(ExitCodes.NO_SERVER, before.exitCode());
        assertTrue(before.err().contains("No Freshet server answers at http://127.0.0.1:"), before.err());

        List<String> lines;
        try (ServerProcess server = ServerProcess.start(file, Map.of())) {
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "-c", config);
                assertEquals(ExitCodes.OK, status.exitCode(), () -> status.out() + server.log());
            });
            CommandLineRun text = CommandLineRun.of("status", "-c", config);
            assertTrue(text.out().contains("cli.orders"), text.out());
            assertTrue(text.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), text.out());
            CommandLineRun json = CommandLineRun.of("status", "--json", "-c", config);
            assertTrue(json.out().contains("\"retainedWalBytes\""), json.out());

            CommandLineRun inUse = CommandLineRun.of("remove", "source", "cli", "--yes", "-c", config);
            assertEquals(ExitCodes.MISTAKES, inUse.exitCode(), inUse.err());
            assertTrue(inUse.err().contains("stop every server"), inUse.err());

            server.signal("STOP");
            CommandLineRun held = CommandLineRun.of("status", "-c", config);
            assertEquals(ExitCodes.NO_SERVER, held.exitCode(), held.out());
            assertTrue(held.err().contains("has not answered within 10 s: the process is held"), held.err());
            server.signal("CONT");

            assertEquals(ExitCodes.OK, server.stop(), server::log);
            lines = server.logLines();
        }
        assertTrue(lines.stream().anyMatch(l -> l.contains("\"message\":\"Asked to stop")), lines::toString);
        assertTrue(lines.get(lines.size() - 1).contains("\"message\":\"Ended after "), lines::toString);
        for (String line : lines) {
            assertTrue(line.startsWith("{\"time\":\"") && line.endsWith("}"), line);
            new JsonReader(line.getBytes(StandardCharsets.UTF_8)).skipValue();
        }
        CommandLineRun asked = CommandLineRun.answering("no\n", "remove", "source", "cli", "-c", config);
        assertEquals(ExitCodes.FAILED, asked.exitCode(), asked.err());
        assertTrue(asked.out().contains("cli.freshet-ledger") && asked.out().contains("freshet_cli"), asked.out());
        assertEquals(
                ExitCodes.OK,
                CommandLineRun.of("remove", "source", "cli", "--yes", "-c", config)
                        .exitCode());
        assertTrue(CommandLineRun.of("remove", "source", "cli", "--yes", "-c", config)
                .out()
                .contains("nothing to remove"));
    }

    private Path writeEmbedded(String name, TestDatabase shop) throws IOException {
        return Files.writeString(folder.resolve(name), """
                kafka: { bootstrap-servers: embedded }
                sources: { own: { url: "%s", user: %s, password: "%s" } }
                streams: { orders: { source: own, table: public.orders } }
                http: { port: %d }
                """.formatted(
                        shop.jdbcUrl(), shop.user(), shop.password(), ServerProcess.freePort()));
    }

    @Test
    void embeddedKafka_isOneServersAndServesItsRemovals(TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE orders (o_orderkey bigint PRIMARY KEY)");
        Path file = writeEmbedded("freshet.yaml", shop);
        try (ServerProcess server = ServerProcess.start(file, Map.of())) {
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "-c", file.toString());
                assertEquals(ExitCodes.OK, status.exitCode(), () -> status.out() + server.log());
            });
            try (ServerProcess second = ServerProcess.start(writeEmbedded("two.yaml", shop), Map.of())) {
                assertEquals(ExitCodes.MISTAKES, second.awaitEnd(), second::log);
                List<String> told = second.logLines().stream()
                        .filter(l -> l.contains("is in use by process " + server.pid() + ","))
                        .toList();
                assertEquals(1, told.size(), second::log);
                assertTrue(told.get(0).contains("several need a Kafka of their own"), second::log);
                assertTrue(!second.log().contains("Exception"), second::log);
            }
            Path taken = Files.writeString(folder.resolve("three.yaml"), Files.readString(file));
            try (ServerProcess third = ServerProcess.start(taken, Map.of())) {
                assertEquals(ExitCodes.MISTAKES, third.awaitEnd(), third::log);
                assertEquals(1, third.logLines().size(), third::log);
                assertTrue(third.log().contains("cannot be listened at"), third::log);
            }
            assertSourceStays(file);
            shop.execute("ALTER TABLE orders REPLICA IDENTITY NOTHING");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "-c", file.toString());
                assertEquals(ExitCodes.FAILED, status.exitCode(), status.out());
            });
            shop.execute("ALTER TABLE orders REPLICA IDENTITY DEFAULT");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                String told =
                        CommandLineRun.of("check", "-c", file.toString()).out().replaceAll("\\s+", " ");
                assertTrue(told.contains("and its servers have what it needs. But: - Stream 'orders' is broken"), told);
            });
            CommandLineRun removed = CommandLineRun.of("remove", "stream", "orders", "--yes", "-c", file.toString());
            assertEquals(ExitCodes.OK, removed.exitCode(), removed.err());
            assertTrue(removed.out().contains("delete the topic 'own.orders'"), removed.out());
            // the relay takes over, and its slot has no reader meanwhile
            assertSourceStays(file);
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "-c", file.toString());
                assertEquals(ExitCodes.OK, status.exitCode(), () -> status.out() + server.log());
            });
            server.kafka().destroyForcibly();
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "--json", "-c", file.toString());
                assertTrue(status.out().contains("has died and is started again: Kafka (pid "), status.out());
                assertTrue(status.out().contains("; its log: "), status.out());
                assertTrue(!status.out().contains(" INFO "), status.out());
            });
            assertEquals(ExitCodes.OK, server.stop(), server::log);
        }
        CommandLineRun source = CommandLineRun.of("remove", "source", "own", "--yes", "-c", file.toString());
        assertEquals(ExitCodes.OK, source.exitCode(), source.err());
        assertTrue(source.out().contains("Done."), source.out());
    }

    private static void assertSourceStays(Path file) {
        CommandLineRun inUse = CommandLineRun.of("remove", "source", "own", "--yes", "-c", file.toString());
        assertEquals(ExitCodes.MISTAKES, inUse.exitCode(), inUse.err());
        assertTrue(inUse.err().contains("stop the server first"), inUse.err());
    }

    @Test
    void dataFolderThatIsNone_isNamedInOneLine(TestDatabase shop) throws Exception {
        Files.createFile(folder.resolve(".freshet"));
        CommandLineRun run = CommandLineRun.of(
                "run", "-c", writeEmbedded("freshet.yaml", shop).toString());
        assertEquals(ExitCodes.MISTAKES, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("kafka.bootstrap-servers"), run.err());
        assertTrue(run.err().contains(folder.resolve(".freshet") + " is a file"), run.err());
    }
}
