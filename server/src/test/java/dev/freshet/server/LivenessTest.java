package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is halted, not dead: a part of Freshet waits inside a call, and the process runs without moving. */
@OnServers
class LivenessTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path folder = Path.of("");

    private static HttpResponse<String> live(Server server) throws Exception {
        return Http.get(server, "/health/live");
    }

    private static void signal(String name, EmbeddedKafka kafka) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(kafka.pid())).start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    void threadThatDoesNotComeBack_isNotLive(TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE customer (c_custkey bigint PRIMARY KEY)");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            Configuration config = ConfigurationFile.parse(
                    "freshet.yaml",
                    """
                    kafka: { bootstrap-servers: "%s" }
                    sources: { shop: { url: "%s", user: %s, password: "${PASSWORD}" } }
                    streams: { customers: { source: shop, table: public.customer } }
                    http: { port: 0, live-limit: 3s }
                    """.formatted(kafka.bootstrapServers(), shop.jdbcUrl(), shop.user()),
                    Map.of("PASSWORD", shop.password()));
            try (Server server = Server.start(config, folder, Clock.systemUTC())) {
                Awaitility.await().atMost(LIMIT).until(() -> server.status().ready());
                assertEquals(200, live(server).statusCode());
                signal("STOP", kafka);
                try {
                    // one and the same answer: the thread may be back by the next
                    String body = Awaitility.await()
                            .atMost(LIMIT)
                            .until(() -> live(server), answer -> answer.statusCode() == 503)
                            .body();
                    assertTrue(body.contains("Source 'shop' has not come back from its work for"), body);
                    assertTrue(body.contains("http.live-limit is 3 s"), body);
                    String told = server.status().problems().get(0);
                    assertTrue(told.startsWith("Source 'shop' has not come back from its work for"), told);
                } finally {
                    signal("CONT", kafka);
                }
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> live(server).statusCode() == 200
                                && server.status().ready());
            }
        }
    }

    @Test
    void replicaWhoseDatabaseIsHalted_isNotLiveWhileTheSourceMoves(EmbeddedKafka kafka, TestDatabase shop)
            throws Exception {
        shop.execute("CREATE TABLE customer (c_custkey bigint PRIMARY KEY)");
        try (EmbeddedPostgres shipping = EmbeddedPostgres.builder().start()) {
            shipping.createDatabase("shipping");
            Configuration config = ConfigurationFile.parse(
                    "freshet.yaml",
                    """
                    kafka: { bootstrap-servers: "%s" }
                    sources: { halted: { url: "%s", user: "%s", password: "%s" } }
                    streams: { customers: { source: halted, table: public.customer } }
                    replicas:
                      copies:
                        streams: { customers: {} }
                        url: "%s"
                        user: "%s"
                        password: "%s"
                    http: { port: 0, live-limit: 3s }
                    """.formatted(
                                    kafka.bootstrapServers(),
                                    shop.jdbcUrl(),
                                    shop.user(),
                                    shop.password(),
                                    shipping.jdbcUrl("shipping"),
                                    shipping.user(),
                                    shipping.password()),
                    Map.of());
            try (Server server = Server.start(config, folder, Clock.systemUTC())) {
                Awaitility.await().atMost(LIMIT).until(() -> server.status().ready());
                shipping.pause();
                String body = Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> live(server), answer -> answer.statusCode() == 503)
                        .body();
                assertTrue(body.startsWith("Replica 'copies' has not come back from its work for"), body);
                assertEquals(1, body.lines().count(), body);
                ServerStatus status = server.status();
                assertTrue(status.problems().get(0).startsWith("Replica 'copies' has not come back"), status::toString);
                assertFalse(status.ready(), status::toString);
                assertEquals("running", status.sources().get(0).state(), status::toString);
                shipping.resume();
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> live(server).statusCode() == 200
                                && server.status().ready());
            }
        }
    }
}
