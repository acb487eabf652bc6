package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Position;
import dev.freshet.server.check.Removal;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documented example as it stands there, but for addresses, on real servers. */
@OnServers
class WholeWayTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String EXAMPLE = """
            kafka:
              bootstrap-servers: localhost:9092     # or `embedded`
              properties: {}                        # passed to every Kafka client
            sources:
              shop:
                type: postgresql
                url: jdbc:postgresql://localhost:5432/shop
                user: freshet
                password: ${SHOP_PASSWORD}
            streams:
              customers: { source: shop, table: public.customer, columns: [c_custkey, c_name, c_address] }
              orders: { source: shop, table: public.orders, partitions: 4 }
            replicas:
              shipping-customers:
                streams:
                  customers: { table: public.customer_copy, columns: { c_custkey: id, c_name: name, c_address: address } }
                url: jdbc:postgresql://localhost:5433/shipping
                user: shipping
                password: ${SHIPPING_PASSWORD}
            http: { port: 8400 }
            """;

    @TempDir
    private Path folder = Path.of("");

    private static Configuration configuration(EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping) {
        String yaml = EXAMPLE.replace("localhost:9092", kafka.bootstrapServers())
                .replace("jdbc:postgresql://localhost:5432/shop", shop.jdbcUrl())
                .replace("jdbc:postgresql://localhost:5433/shipping", shipping.jdbcUrl())
                .replace("user: freshet", "user: " + shop.user())
                .replace("user: shipping", "user: " + shipping.user())
                .replace("8400", "0");
        return ConfigurationFile.parse(
                "freshet.yaml",
                yaml,
                Map.of("SHOP_PASSWORD", shop.password(), "SHIPPING_PASSWORD", shipping.password()));
    }

    private static void prepare(TestDatabase shop) throws SQLException {
        shop.execute(
                "CREATE TABLE customer (c_custkey bigint PRIMARY KEY, c_name text NOT NULL, c_address text, c_secret text)",
                "CREATE TABLE orders (o_orderkey bigint PRIMARY KEY, o_totalprice numeric(15,2))",
                "INSERT INTO customer SELECT i, 'name ' || i, 'address ' || i, 'hidden' FROM generate_series(1, 1000) i",
                "INSERT INTO orders SELECT i, i * 1.10 FROM generate_series(1, 500) i");
    }

    @Test
    void documentedExample_keepsTheCopyCompleteAndSaysSo(EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping)
            throws Exception {
        prepare(shop);
        Configuration config = configuration(kafka, shop, shipping);
        String source =
                "SELECT string_agg(ROW(c_custkey, c_name, c_address)::text, ' ' ORDER BY c_custkey) FROM customer";
        String copy = "SELECT string_agg(ROW(id, name, address)::text, ' ' ORDER BY id) FROM customer_copy";
        assertEquals(
                List.of(), ServersCheck.check(config, Clock.systemUTC()), "nothing is missed before the first start");
        try (Server server = Server.start(config, folder, Clock.systemUTC())) {
            assertEquals(200, Http.get(server, "/health/live").statusCode());
            Awaitility.await().atMost(LIMIT).until(() -> server.status().ready());
            assertEquals(shop.text(source), shipping.text(copy));
            assertEquals(200, Http.get(server, "/health/ready").statusCode());

            shop.execute(
                    "INSERT INTO customer VALUES (2000, 'new', NULL, 'hidden')",
                    "UPDATE customer SET c_address = 'moved' WHERE c_custkey <= 10",
                    "UPDATE customer SET c_custkey = 3000 WHERE c_custkey = 11",
                    "DELETE FROM customer WHERE c_custkey = 12");
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertEquals(shop.text(source), shipping.text(copy)));

            ServerStatus status = server.status();
            assertEquals("running", status.sources().get(0).state());
            assertEquals(
                    List.of("running", "running"),
                    status.streams().stream()
                            .map(ServerStatus.StreamStatus::state)
                            .toList());
            ServerStatus.Snapshot snapshot = status.streams().get(0).snapshot();
            assertEquals("done", snapshot.state());
            assertTrue(snapshot.rowsDone() >= 0 && snapshot.rowsDone() == snapshot.rowsEstimated(), "" + snapshot);
            ServerStatus.ReplicaStatus replica = status.replicas().get(0);
            assertEquals("running", replica.state());
            assertTrue(Position.parse(String.valueOf(replica.position())).lsn() > 0);
            String metrics = Http.get(server, "/metrics").body();
            assertTrue(metrics.contains("freshet_replica_complete{replica=\"shipping-customers\"} 1.0"), metrics);
            assertTrue(metrics.contains("freshet_source_retained_wal_bytes{source=\"shop\"}"), metrics);
        }
        assertEquals(
                "0",
                shipping.text("SELECT count(*) FROM information_schema.columns WHERE table_name ="
                        + " 'customer_copy' AND column_name LIKE '%secret%'"));
    }

    @Test
    void brokenPart_doesNotStopTheOthersAndIsNamed(EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping)
            throws Exception {
        prepare(shop);
        String yaml =
                """
                kafka: { bootstrap-servers: "%s" }
                sources:
                  good: { url: "%s", user: %s, password: "%s" }
                  bad: { url: "%s", user: nobody, password: wrong }
                streams:
                  good-orders: { source: good, table: public.orders }
                  bad-customers: { source: bad, table: public.customer }
                http: { port: 0 }
                """.formatted(kafka.bootstrapServers(), shop.jdbcUrl(), shop.user(), shop.password(), shop.jdbcUrl());
        Configuration config = ConfigurationFile.parse("freshet.yaml", yaml, Map.of());
        assertTrue(
                ServersCheck.check(config, Clock.systemUTC()).stream()
                        .anyMatch(m -> m.path().equals("sources.bad")),
                "check names the part that cannot work");
        try (Server server = Server.start(config, folder, Clock.systemUTC())) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> server.status().streams().get(0).state().equals("running")
                            && !server.status().sources().get(1).state().equals("starting"));
            assertEquals("running", server.status().sources().get(0).state());
            HttpResponse<String> ready = Http.get(server, "/health/ready");
            assertEquals(503, ready.statusCode());
            assertTrue(ready.body().contains("Source 'bad'"), ready.body());
            assertTrue(!ready.body().contains("Source 'good'"), ready.body());
        }
        try (Removal removal = Removal.open(config, folder, Clock.systemUTC())) {
            assertTrue(removal.describe(Removal.Kind.SOURCE, "good", false)
                    .toString()
                    .contains("good.freshet-ledger"));
            removal.remove(Removal.Kind.SOURCE, "good", false);
        }
        assertEquals("0", shop.text("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'freshet_good'"));
    }

    @Test
    void replicasDatabase_isCheckedAlsoWithAnEmbeddedKafka(TestDatabase shop, TestDatabase shipping) throws Exception {
        prepare(shop);
        String role = shipping.name() + "_reader";
        shipping.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'reader'");
        String yaml = """
                kafka: { bootstrap-servers: embedded }
                sources: { shop: { url: "%s", user: %s, password: "%s" } }
                streams: { orders: { source: shop, table: public.orders } }
                replicas: { copy: { streams: { orders: {} }, url: "%s", user: %s, password: %s } }
                """.formatted(shop.jdbcUrl(), shop.user(), shop.password(), shipping.jdbcUrl(), role, "reader");
        try {
            String mistakes = ServersCheck.check(
                            ConfigurationFile.parse("freshet.yaml", yaml, Map.of()), Clock.systemUTC())
                    .toString();
            assertTrue(mistakes.contains("may not create the schema freshet"), mistakes);
            assertTrue(mistakes.contains("may not create tables in schema public"), mistakes);
            shipping.execute(
                    "CREATE TABLE orders (id varchar(3) PRIMARY KEY, further text NOT NULL)",
                    "GRANT SELECT ON orders TO " + role);
            String misfit = ServersCheck.check(
                            ConfigurationFile.parse("freshet.yaml", yaml, Map.of()), Clock.systemUTC())
                    .toString();
            assertTrue(misfit.contains("Table public.orders does not fit stream 'orders': it has no column"), misfit);
            assertTrue(misfit.contains("column 'further' refuses null and has no default"), misfit);
            String wrong = ServersCheck.check(
                            ConfigurationFile.parse(
                                    "freshet.yaml", yaml.replace("password: reader", "password: no"), Map.of()),
                            Clock.systemUTC())
                    .toString();
            assertTrue(wrong.contains("cannot use its database"), wrong);
        } finally {
            shipping.execute("DROP TABLE IF EXISTS orders", "DROP ROLE " + role);
        }
    }
}
