package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.Mistake;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner's server captures, the consumer's copies: two files, the second without any source, one embedded Kafka. */
@OnServers
class TwoServersTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    private Path folder = Path.of("");

    private static Configuration owner(TestDatabase shop, String more) {
        return ConfigurationFile.parse(
                "owner.yaml", """
                kafka: { bootstrap-servers: embedded }
                sources: { owner: { url: "%s", user: %s, password: "${PASSWORD}"%s } }
                streams: { customers: { source: owner, table: public.customer, topic: crm } }
                http: { port: 0 }
                """.formatted(shop.jdbcUrl(), shop.user(), more), Map.of("PASSWORD", shop.password()));
    }

    private static Configuration consumer(String kafka, TestDatabase shipping, String more) {
        return ConfigurationFile.parse(
                "consumer.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                streams: { customers: { topic: crm%s } }
                replicas:
                  consumer: { streams: { customers: {} }, url: "%s", user: %s, password: "${PASSWORD}" }
                http: { port: 0 }
                """.formatted(kafka, more, shipping.jdbcUrl(), shipping.user()),
                Map.of("PASSWORD", shipping.password()));
    }

    private static String rows(TestDatabase database, String table) throws SQLException {
        return database.text("SELECT string_agg(t::text, ' ' ORDER BY c_custkey) FROM " + table + " t");
    }

    @Test
    void consumersServer_findsLedgerAndSchemaInKafkaAndGoesOnOverRestarts(TestDatabase shop, TestDatabase shipping)
            throws Exception {
        shop.execute(
                "CREATE TABLE customer (c_custkey bigint PRIMARY KEY, c_name text)",
                "INSERT INTO customer SELECT i, 'name ' || i FROM generate_series(1, 100) i");
        try (Server owner = Server.start(owner(shop, ""), folder, Clock.systemUTC())) {
            Awaitility.await().atMost(LIMIT).until(() -> owner.status().ready());
            Configuration consumerFile = consumer(owner.bootstrapServers(), shipping, "");
            try (Server consumer = Server.start(consumerFile, folder, Clock.systemUTC())) {
                Awaitility.await().atMost(LIMIT).until(() -> consumer.status().ready());
                assertEquals(rows(shop, "customer"), rows(shipping, "customers"));
                assertEquals("elsewhere", consumer.status().streams().get(0).state());
            }
            shop.execute("INSERT INTO customer VALUES (1000, 'while the consumer was away')");
            try (Server consumer = Server.start(consumerFile, folder, Clock.systemUTC())) {
                Awaitility.await()
                        .atMost(LIMIT)
                        .untilAsserted(() -> assertEquals(rows(shop, "customer"), rows(shipping, "customers")));
                assertTrue(Objects.requireNonNull(consumer.status().replicas().get(0))
                                .changesApplied()
                        < 100);
            }
        }
    }

    @Test
    void ledgerOfAnotherName_isNamedByTheConsumersFile(TestDatabase shop, TestDatabase shipping) throws Exception {
        shop.execute(
                "CREATE TABLE customer (c_custkey bigint PRIMARY KEY, c_name text)",
                "INSERT INTO customer SELECT i, 'name ' || i FROM generate_series(1, 10) i");
        try (Server owner = Server.start(owner(shop, ", ledger: crm-positions"), folder, Clock.systemUTC())) {
            Awaitility.await().atMost(LIMIT).until(() -> owner.status().ready());
            String kafka = owner.bootstrapServers();
            List<Mistake> mistakes = ServersCheck.check(consumer(kafka, shipping, ""), Clock.systemUTC());
            assertTrue(
                    mistakes.stream().anyMatch(m -> m.toString().contains("set the stream's 'ledger'")),
                    mistakes.toString());
            Configuration named = consumer(kafka, shipping, ", ledger: crm-positions");
            assertEquals(List.of(), ServersCheck.check(named, Clock.systemUTC()));
            try (Server consumer = Server.start(named, folder, Clock.systemUTC())) {
                Awaitility.await().atMost(LIMIT).until(() -> consumer.status().ready());
                assertEquals(rows(shop, "customer"), rows(shipping, "customers"));
            }
        }
    }
}
