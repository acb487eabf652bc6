package dev.freshet.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationFileTest {
    static final String EXAMPLE = """
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
    static final Map<String, String> ENVIRONMENT =
            Map.of("SHOP_PASSWORD", "top-secret-1", "SHIPPING_PASSWORD", "top-secret-2");

    private static Configuration parse(String yaml) {
        return ConfigurationFile.parse("freshet.yaml", yaml, ENVIRONMENT);
    }

    @Test
    void documentedExample_isReadWithAllDerivedNames() {
        Configuration c = parse(EXAMPLE);
        SourceConfig shop = c.sources().get("shop");
        assertNotNull(shop);
        assertEquals("freshet_shop", shop.slot());
        assertEquals("freshet_shop", shop.publication());
        assertEquals("shop.freshet-ledger", shop.ledger());
        assertEquals(new Secret("top-secret-1"), shop.password());
        StreamConfig customers = c.streams().get("customers");
        assertNotNull(customers);
        assertEquals("shop.customers", customers.topic());
        StreamConfig.Rows rows =
                assertInstanceOf(StreamConfig.Rows.class, capture(customers).content());
        assertEquals(List.of("c_custkey", "c_name", "c_address"), rows.columns());
        StreamConfig orders = c.streams().get("orders");
        assertNotNull(orders);
        assertEquals(4, capture(orders).partitions());
        ReplicaConfig replica = c.replicas().get("shipping-customers");
        assertNotNull(replica);
        assertEquals("freshet.shipping-customers", replica.group());
        assertEquals("public.customer_copy", replica.copies().get(0).table());
        assertEquals(
                List.of("id", "name", "address"),
                List.copyOf(replica.copies().get(0).columns().values()));
        assertEquals(8400, c.http().port());
        assertEquals("127.0.0.1", c.http().host());
    }

    private static StreamConfig.Capture capture(StreamConfig stream) {
        StreamConfig.Capture capture = stream.capture();
        assertNotNull(capture);
        return capture;
    }

    @Test
    void consumersFile_needsOnlyTheTopic() {
        Configuration c = parse("""
                kafka: { bootstrap-servers: "localhost:9092" }
                streams: { customers: { topic: shop.customers } }
                replicas:
                  copy:
                    streams: { customers: {} }
                    url: jdbc:postgresql://localhost/shipping
                    user: shipping
                """);
        StreamConfig customers = c.streams().get("customers");
        assertNotNull(customers);
        assertNull(customers.capture());
        assertNull(customers.ledger(), "the ledger is found in Kafka");
        ReplicaConfig copy = c.replicas().get("copy");
        assertNotNull(copy);
        assertEquals("public.customers", copy.copies().get(0).table());
        assertTrue(copy.copies().get(0).columns().isEmpty());
    }

    @Test
    void embeddedKafka_isChosenByTheWord() {
        assertTrue(parse(EXAMPLE.replace("localhost:9092", "embedded")).kafka().embedded());
        assertFalse(parse(EXAMPLE).kafka().embedded());
    }

    @Test
    void everyMistake_isToldInOneGo() {
        InvalidConfigurationException e = assertThrows(InvalidConfigurationException.class, () -> parse("""
                kafka: { bootstrap-servers: localhost, propertis: {} }
                sources:
                  shop: { url: "postgresql://localhost/shop", user: u, password: "${MISSING}", limits: { heartbeat-interval: soon } }
                streams:
                  customers: { source: shopp, table: customer }
                replicas:
                  copy: { streams: { customer: {} }, url: "jdbc:postgresql://localhost/x", schema: evolv }
                http: { port: 84000 }
                """));
        assertEquals(
                List.of(
                        "kafka.propertis",
                        "kafka.bootstrap-servers",
                        "sources.shop.url",
                        "sources.shop.password",
                        "sources.shop.limits.heartbeat-interval",
                        "streams.customers.table",
                        "streams.customers.source",
                        "replicas.copy.user",
                        "replicas.copy.schema",
                        "replicas.copy.streams.customer",
                        "http.port",
                        "sources.shop"),
                e.mistakes().stream().map(Mistake::path).toList());
    }

    @Test
    void secrets_areShownNowhere() {
        Configuration c = parse(EXAMPLE.replace(
                "properties: {}", "properties: { sasl.jaas.config: top-secret-3, ssl.key.password: top-secret-4 }"));
        assertFalse(c.toString().contains("top-secret"), c.toString());
        InvalidConfigurationException e = assertThrows(
                InvalidConfigurationException.class,
                () -> parse(EXAMPLE.replace("password: ${SHOP_PASSWORD}", "password: [top-secret-5]")
                        .replace("jdbc:postgresql://localhost:5433/shipping", "jdbc:postgresql:?password= top-secret-6")
                        .replace("password: ${SHIPPING_PASSWORD}", "password: 7654321")));
        assertEquals(3, e.mistakes().size(), e.getMessage());
        assertFalse(String.valueOf(e.getMessage()).contains("top-secret"), e.getMessage());
        assertFalse(String.valueOf(e.getMessage()).contains("7654321"), e.getMessage());
    }

    @Test
    void brokenYaml_isToldByItsPlaceWithoutTheTextAround() {
        InvalidConfigurationException e = assertThrows(
                InvalidConfigurationException.class,
                () -> parse("kafka:\n  password: top-secret-1 \n  x: 'top-secret-2\n  y: [\n"));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("line"), message);
        assertFalse(message.contains("top-secret"), message);
    }

    @Test
    void doubledKey_isRefused() {
        InvalidConfigurationException e =
                assertThrows(InvalidConfigurationException.class, () -> parse(EXAMPLE + "http: { port: 1 }\n"));
        assertTrue(String.valueOf(e.getMessage()).contains("http"), e.getMessage());
    }

    @Test
    void missingFile_isNamed() {
        InvalidConfigurationException e = assertThrows(
                InvalidConfigurationException.class, () -> ConfigurationFile.read(Path.of("no-such.yaml"), Map.of()));
        assertEquals("no-such.yaml has 1 mistake:\n  there is no such file; give its path with -c", e.getMessage());
    }

    @Test
    void environmentVariable_mayHaveADefaultAndIsNotExpandedTwice() {
        Environment environment = new Environment(Map.of("A", "${B}", "B", "no"));
        assertEquals("x${B}y", environment.expand("x${A}y").text());
        assertEquals("7", environment.expand("${C:-7}").text());
        assertEquals("${A}", environment.expand("$${A}").text());
        assertEquals(List.of("C"), List.copyOf(environment.expand("${C}").missing()));
    }
}
