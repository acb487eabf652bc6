package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that was started again is ready once its replicas have what came meanwhile. */
@OnServers
class ReadinessTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern BEHIND = Pattern.compile(
            "Replica 'ready-copy' has not yet caught up with what its topics held when it started: [0-9]{4} changes behind\n");

    @TempDir
    private Path folder = Path.of("");

    private static Configuration owner(EmbeddedKafka kafka, TestDatabase shop) {
        return ConfigurationFile.parse(
                "owner.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                sources: { ready: { url: "%s", user: %s, password: "${PASSWORD}" } }
                streams: { orders: { source: ready, table: public.orders, topic: ready.orders } }
                http: { port: 0 }
                """.formatted(kafka.bootstrapServers(), shop.jdbcUrl(), shop.user()),
                Map.of("PASSWORD", shop.password()));
    }

    private static Configuration consumer(EmbeddedKafka kafka, TestDatabase shipping) {
        return ConfigurationFile.parse(
                "consumer.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                streams: { orders: { topic: ready.orders } }
                replicas:
                  ready-copy:
                    streams: { orders: { table: public.orders } }
                    url: "%s"
                    user: %s
                    password: "${PASSWORD}"
                http: { port: 0 }
                """.formatted(kafka.bootstrapServers(), shipping.jdbcUrl(), shipping.user()),
                Map.of("PASSWORD", shipping.password()));
    }

    private static int ready(Server server) throws Exception {
        return Http.get(server, "/health/ready").statusCode();
    }

    @Test
    void changesThatWaitAfterARestart_areAppliedFirst(EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping)
            throws Exception {
        shop.execute("CREATE TABLE orders (id bigint PRIMARY KEY, n integer)", "INSERT INTO orders VALUES (1, 1)");
        try (Server owner = Server.start(owner(kafka, shop), folder, Clock.systemUTC())) {
            Awaitility.await().atMost(LIMIT).until(() -> owner.status().ready());
            try (Server consumer = Server.start(consumer(kafka, shipping), folder, Clock.systemUTC())) {
                Awaitility.await().atMost(LIMIT).until(() -> ready(consumer) == 200);
            }
            shop.execute("INSERT INTO orders SELECT i, 2 FROM generate_series(2, 2001) i");
            try (Connection db = shipping.connect();
                    Statement s = db.createStatement()) {
                db.setAutoCommit(false);
                s.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
                try (Server consumer = Server.start(consumer(kafka, shipping), folder, Clock.systemUTC())) {
                    Awaitility.await()
                            .atMost(LIMIT)
                            .until(() -> consumer.status().replicas().get(0).complete()
                                    && consumer.status().replicas().get(0).changesBehind() >= 2000);
                    HttpResponse<String> answer = Http.get(consumer, "/health/ready");
                    assertEquals(503, answer.statusCode());
                    assertTrue(BEHIND.matcher(answer.body()).matches(), answer.body());
                    db.rollback();
                    Awaitility.await().atMost(LIMIT).until(() -> ready(consumer) == 200);
                    assertEquals("2001", shipping.text("SELECT count(*) FROM orders"));
                }
            }
        }
    }
}
