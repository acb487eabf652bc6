package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A configuration of which nothing works: a wrong password, an address where nobody is, a Kafka that is away. The server says
 * so, keeps going, ends in order, and no secret of the file is printed anywhere, whatever the level of the log.
 */
@OnServers
class BrokenServersTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String SECRET = "top-secret";
    private static final Pattern LINE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) (ERROR|WARN |INFO |DEBUG) \\[[^]]+\\] \\S+ - .*");
    private static final Pattern CONTINUED =
            Pattern.compile("\tat .*|\t\\.\\.\\. .*|\\s*(Caused by|Suppressed): .*|[a-z]+\\..*");

    /** What Kafka's network client warned of, whichever client it was. */
    private static final Pattern NETWORK_CLIENT =
            Pattern.compile("\\S+ WARN  \\[[^]]+\\] NetworkClient - (?:\\[[^]]*\\] )?(.*)");

    @TempDir
    private Path folder = Path.of("");

    private Path write(String kafka, TestDatabase shop, String format) throws IOException {
        return Files.writeString(
                folder.resolve("freshet.yaml"), """
                kafka:
                  bootstrap-servers: "%s"
                  properties:
                    sasl.jaas.config: top-secret-jaas
                    ssl.key.password: top-secret-key
                    request.timeout.ms: 2000
                    default.api.timeout.ms: 3000
                sources:
                  wrong: { url: "%s?sslpassword=top-secret-url", user: postgres, password: "${BROKEN_PASSWORD}" }
                streams:
                  orders: { source: wrong, table: public.orders }
                  # of another Freshet: the replica does not wait for the source to make its topic
                  parts: { topic: elsewhere.parts }
                replicas:
                  away:
                    streams: { parts: {} }
                    url: "jdbc:postgresql://127.0.0.1:9/away?sslpassword=top-secret-url"
                    user: postgres
                    password: top-secret-plain
                http: { port: %d }
                log: { format: %s, level: debug }
                """.formatted(kafka, shop.jdbcUrl(), ServerProcess.freePort(), format));
    }

    private static void assertNoSecret(String text) {
        assertFalse(text.contains(SECRET), text);
    }

    /** Runs the server until it has found that nothing works, and returns its log. */
    private List<String> runUntilAllIsKnown(Path file) throws Exception {
        try (ServerProcess server = ServerProcess.start(file, Map.of("BROKEN_PASSWORD", SECRET))) {
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
                CommandLineRun status = CommandLineRun.of("status", "-c", file.toString());
                assertEquals(ExitCodes.FAILED, status.exitCode(), () -> status.err() + server.log());
                assertTrue(status.out().contains("password authentication failed for user"), status.out());
                assertTrue(
                        status.out().contains("Replica 'away' is starting and not complete: Kafka failed"),
                        status.out());
                assertTrue(status.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), status.out());
                assertNoSecret(status.out());
            });
            assertNoSecret(
                    CommandLineRun.of("status", "--json", "-c", file.toString()).out());
            assertEquals(ExitCodes.OK, server.stop(), server::log);
            assertNoSecret(server.printed());
            return server.logLines();
        }
    }

    @Test
    void textLog_hasALineForPeopleEach(TestDatabase shop) throws Exception {
        long began = System.nanoTime();
        List<String> lines = runUntilAllIsKnown(write("127.0.0.1:9", shop, "text"));
        for (String line : lines) {
            assertTrue(LINE.matcher(line).matches() || CONTINUED.matcher(line).matches(), line);
        }
        assertTrue(lines.stream().anyMatch(l -> l.contains("Asked to stop")), lines.toString());
        Map<String, Long> warnings = lines.stream()
                .map(NETWORK_CLIENT::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.groupingBy(m -> m.group(1), Collectors.counting()));
        long most = 1 + Duration.ofNanos(System.nanoTime() - began).toSeconds() / 30;
        assertTrue(
                !warnings.isEmpty() && warnings.values().stream().allMatch(n -> n <= most),
                () -> warnings + " in " + lines);
    }

    @Test
    void jsonLog_hasAnObjectALine(TestDatabase shop) throws Exception {
        List<String> lines;
        Path file = write("127.0.0.1:9", shop, "json");
        try (ServerProcess server = ServerProcess.start(file, Map.of("BROKEN_PASSWORD", SECRET))) {
            Awaitility.await().atMost(LIMIT).until(() -> server.log().contains("password authentication failed"));
            assertEquals(ExitCodes.OK, server.stop(), server::log);
            assertNoSecret(server.printed());
            lines = server.logLines();
        }
        for (String line : lines) {
            assertTrue(line.startsWith("{\"time\":\"") && line.endsWith("}"), line);
            new JsonReader(line.getBytes(StandardCharsets.UTF_8)).skipValue();
        }
    }

    @Test
    void check_namesWhatIsAwayWithoutItsSecrets(EmbeddedKafka kafka, TestDatabase shop) throws Exception {
        Path file = write(kafka.bootstrapServers(), shop, "text");
        Files.writeString(file, Files.readString(file).replace("${BROKEN_PASSWORD}", SECRET));
        CommandLineRun check = CommandLineRun.of("check", "-c", file.toString());
        assertEquals(ExitCodes.MISTAKES, check.exitCode(), check.out());
        assertTrue(check.err().contains("sources.wrong: "), check.err());
        assertTrue(check.err().contains("replicas.away: "), check.err());
        assertNoSecret(check.out() + check.err());
    }
}
