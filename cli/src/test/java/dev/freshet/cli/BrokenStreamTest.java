package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told of a broken stream, on real servers: what happened and the command that repairs it, once. */
@OnServers
class BrokenStreamTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String REPAIR = "run 'freshet remove stream orders' to begin it anew";
    private static final String NOTES = "    streams: { orders: {}, notes: {} }";

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");
    private TestDatabase shop;
    private TestDatabase shipping;

    BrokenStreamTest(TestDatabase shop, TestDatabase shipping) {
        this.shop = shop;
        this.shipping = shipping;
    }

    @BeforeEach
    void write(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        String source = prefix.name("broken");
        shop.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, price numeric)",
                "CREATE TABLE notes (id bigint PRIMARY KEY, text text)",
                "INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i");
        file = Files.writeString(folder.resolve("freshet.yaml"), """
                kafka: { bootstrap-servers: "%s" }
                sources: { %s: { url: "%s", user: %s, password: "%s" } }
                streams:
                  orders: { source: %s, table: public.orders }
                  notes: { source: %s, table: public.notes }
                replicas:
                  copies:
                %s
                    url: "%s"
                    user: %s
                    password: "%s"
                    group: %s
                http: { port: %d }
                """.formatted(
                        kafka.bootstrapServers(),
                        source,
                        shop.jdbcUrl(),
                        shop.user(),
                        shop.password(),
                        source,
                        source,
                        NOTES,
                        shipping.jdbcUrl(),
                        shipping.user(),
                        shipping.password(),
                        source,
                        ServerProcess.freePort()));
    }

    private Server start() {
        return Server.start(ConfigurationFile.read(file, Map.of()), folder.resolve(".freshet"), Clock.systemUTC());
    }

    private static void untilReady(Server server) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertTrue(
                        server.status().ready(), () -> server.status().toString()));
    }

    private CommandLineRun freshet(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[all.length - 2] = "-c";
        all[all.length - 1] = file.toString();
        return CommandLineRun.of(all);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    private static String text(TestDatabase database, String sql) throws SQLException {
        try (Connection c = database.connect();
                Statement s = c.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Test
    void brokenStream_isToldOnceWithTheCommandThatRepairsIt() throws Exception {
        try (Server server = start()) {
            untilReady(server);
            shop.execute("TRUNCATE orders");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = freshet("status");
                assertEquals(ExitCodes.FAILED, status.exitCode(), status.err());
                String told = oneLine(status.out());
                assertTrue(
                        told.contains("Replica 'copies' is running and not complete: stream 'orders' is broken"), told);
                assertEquals(1, count(told, "the table was truncated"), told);
                assertEquals(1, count(told, REPAIR), told);
                String reason = text(shipping, "SELECT reason FROM freshet.freshness");
                assertTrue(reason.contains("the table was truncated; " + REPAIR), reason);
                assertEquals(1, count(reason, "anew"), reason);
            });
            CommandLineRun check = freshet("check");
            assertEquals(ExitCodes.OK, check.exitCode(), check.err());
            assertTrue(oneLine(check.out()).contains("the table was truncated; " + REPAIR), check.out());

            assertEquals(
                    ExitCodes.OK, freshet("remove", "stream", "orders", "--yes").exitCode());
            shop.execute("INSERT INTO orders VALUES (1, 1)");
            untilReady(server);
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertEquals("1", text(shipping, "SELECT count(*) FROM orders")));
        }
    }

    @Test
    void streamThatLeftTheFile_isToldWithTheNextStep() throws Exception {
        try (Server server = start()) {
            untilReady(server);
        }
        String before = Files.readString(file);
        without("notes");
        try (Server server = start()) {
            untilReady(server);
            String next =
                    "it is no longer in the configuration; run 'freshet remove stream notes' to take its topic away,"
                            + " or put the stream back first to begin it anew by that";
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                String told = oneLine(freshet("status").out());
                assertEquals(1, count(told, next), told);
            });
            assertEquals(1, count(oneLine(freshet("check").out()), next));
        }
        Files.writeString(file, before);
        try (Server server = start()) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> server.status().streams().get(1).state().equals("broken"));
            assertEquals(
                    ExitCodes.OK, freshet("remove", "stream", "notes", "--yes").exitCode());
            untilReady(server);
        }
    }

    private void without(String stream) throws IOException {
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(NOTES, "    streams: { orders: {} }")
                        .replaceAll("(?m)^  " + stream + ": .*\n", ""));
    }
}
