package dev.freshet.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.Snapshot;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.HttpConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HttpApiTest {
    private List<String> problems = List.of();
    private List<String> stuck = List.of();
    private final HttpApi api =
            HttpApi.start(new HttpConfig("127.0.0.1", 0, Duration.ofMinutes(1)), this::status, () -> stuck);

    private ServerStatus status() {
        return new ServerStatus(
                "1",
                Instant.EPOCH,
                problems.isEmpty(),
                problems,
                List.of(new SourceStatus("shop", "running", null, "p1", Instant.EPOCH, 7, 8, 9, 0, List.of())),
                List.of(new StreamStatus(
                        "orders",
                        "shop.orders",
                        "snapshotting",
                        null,
                        "p0",
                        new Snapshot("running", 5, 10, 2, "rows", -1, false))),
                List.of(new ReplicaStatus(
                        "copy", "running", null, null, null, -1, 3, false, true, 4, 2, "per-key", null)));
    }

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void status_hasThePromisedMembers() throws Exception {
        JsonNode json = new JsonMapper().readTree(get("/status").body());
        JsonNode source = json.get("sources").get(0);
        assertEquals("shop", source.get("name").asString());
        assertEquals("running", source.get("state").asString());
        assertEquals("p1", source.get("position").asString());
        assertEquals(7, source.get("lagBytes").asInt());
        assertEquals(8, source.get("retainedWalBytes").asInt());
        JsonNode stream = json.get("streams").get(0);
        assertEquals("orders", stream.get("name").asString());
        assertEquals("shop.orders", stream.get("topic").asString());
        assertEquals("snapshotting", stream.get("state").asString());
        assertEquals("running", stream.get("snapshot").get("state").asString());
        assertEquals(5, stream.get("snapshot").get("rowsDone").asInt());
        assertEquals(10, stream.get("snapshot").get("rowsEstimated").asInt());
        JsonNode replica = json.get("replicas").get(0);
        assertEquals("copy", replica.get("name").asString());
        assertEquals("running", replica.get("state").asString());
        assertTrue(replica.get("position").isNull());
        assertEquals(-1, replica.get("freshnessMillis").asInt());
        assertEquals(3, replica.get("changesBehind").asInt());
        assertEquals(false, replica.get("complete").asBoolean());
        assertEquals(true, replica.get("caughtUp").asBoolean());
        assertEquals(2, replica.get("parkedKeys").asInt());
    }

    @Test
    void root_listsPathsThatAnswer() throws Exception {
        List<String> paths = get("/").body()
                .lines()
                .filter(l -> l.startsWith("/"))
                .map(l -> l.split(" ", 2)[0])
                .toList();
        assertEquals(List.of("/status", "/metrics", "/health/live", "/health/ready"), paths);
        for (String path : paths) {
            assertEquals(200, get(path).statusCode(), path);
        }
    }

    @Test
    void status_readsBackAsItWas() throws Exception {
        assertEquals(status(), StatusJson.read(get("/status").body()));
    }

    @Test
    void ready_saysWhatDoesNotWork() throws Exception {
        assertEquals(200, get("/health/ready").statusCode());
        problems = List.of("Source 'shop' is failed: no slot");
        assertEquals(503, get("/health/ready").statusCode());
        assertTrue(get("/health/ready").body().contains("no slot"));
        assertEquals(200, get("/health/live").statusCode());
    }

    @Test
    void live_failsForWhatDoesNotMove() throws Exception {
        assertEquals(200, get("/health/live").statusCode());
        stuck = List.of("Source 'shop' has not come back");
        assertEquals(503, get("/health/live").statusCode());
    }

    @Test
    void metrics_arePrometheusText() throws Exception {
        HttpResponse<String> answer = get("/metrics");
        assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
        assertTrue(answer.body().contains("freshet_source_lag_bytes{source=\"shop\"} 7.0"), answer.body());
        assertTrue(answer.body().contains("freshet_source_retained_wal_bytes{source=\"shop\"} 8.0"));
        assertTrue(answer.body().contains("freshet_source_records_total{source=\"shop\"} 9.0"));
        assertTrue(answer.body().contains("freshet_replica_freshness_seconds{replica=\"copy\"} NaN"));
        assertTrue(answer.body().contains("freshet_replica_parked_keys{replica=\"copy\"} 2.0"));
        assertTrue(answer.body().contains("jvm_memory_used_bytes"));
        assertExposition(answer.body());
    }

    @Test
    void operatingPage_namesOnlyMetricsThatThereAre() throws Exception {
        String metrics = get("/metrics").body();
        String page = Files.readString(Path.of("..", "docs", "how-to", "operate.md"));
        List<String> named = Pattern.compile("freshet_[a-z_]+")
                .matcher(page)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertTrue(named.size() > 10, named.toString());
        for (String name : named) {
            assertTrue(metrics.contains("\n" + name + "{"), name);
        }
    }

    /** The grammar of the text format 0.0.4: each sample below the type of its family, and none of them twice. */
    private static void assertExposition(String body) {
        assertTrue(body.endsWith("\n"), "the last line ends with a line feed");
        Set<String> families = new HashSet<>();
        Set<String> samples = new HashSet<>();
        String family = "";
        for (String line : body.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                assertTrue(line.matches("# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .+"), line);
            } else if (line.startsWith("#")) {
                assertTrue(line.matches("# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|summary|histogram)"), line);
                family = line.split(" ", -1)[2];
                assertTrue(families.add(family), "a family stands once: " + line);
            } else {
                assertTrue(
                        line.matches("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\]|\\\\.)*\",?)+})?"
                                + " (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)"),
                        line);
                assertTrue(line.startsWith(family), line + " is not of " + family);
                assertTrue(samples.add(line.substring(0, line.lastIndexOf(' '))), "twice: " + line);
            }
        }
        assertTrue(families.size() > 15, families.toString());
    }

    /** Linux gives the machine itself all of 127.0.0.0/8, so that a server at all addresses would answer there. */
    @Test
    void unlessToldOtherwise_onlyTheLoopbackAddressAnswers() throws Exception {
        HttpConfig unsaid =
                ConfigurationFile.parse("freshet.yaml", """
                kafka: { bootstrap-servers: embedded }
                streams: { t: { topic: shop.t } }
                replicas:
                  copy: { streams: { t: { table: public.t } }, url: "jdbc:postgresql://h/d", user: u, password: p }
                http: { port: 0 }
                """, Map.of()).http();
        HttpApi listening = HttpApi.start(unsaid, this::status, () -> stuck);
        try (Socket own = new Socket("127.0.0.1", listening.port())) {
            assertTrue(own.isConnected());
            assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", listening.port()).close());
        } finally {
            listening.close();
        }
    }

    @Test
    void portInUse_isNamedWithTheWayOut() {
        ConfigurationException e = assertThrows(
                ConfigurationException.class,
                () -> HttpApi.start(
                        new HttpConfig("127.0.0.1", api.port(), Duration.ofMinutes(1)), this::status, () -> stuck));
        assertTrue(String.valueOf(e.getMessage()).contains("http.port " + api.port()), e.getMessage());
    }

    @Test
    void client_findsTheServerAndItsAbsence() throws Exception {
        HttpConfig here = new HttpConfig("0.0.0.0", api.port(), Duration.ofMinutes(1));
        assertEquals(status(), StatusClient.parse(StatusClient.ask(here).orElse("")));
        api.close();
        assertEquals(Optional.empty(), StatusClient.ask(here));
    }
}
