package dev.freshet.faults;

import static dev.freshet.faults.SecuredKafka.right;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Names;
import dev.freshet.server.check.Removal;
import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.Mistake;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every client of Freshet's over TLS and SASL, with the rights that docs/how-to/least-rights.md names. */
@OnServers
class SecuredKafkaTest {
    @TempDir
    private static Path certificates;

    @TempDir
    private Path folder;

    private static SecuredKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecuredKafka.start(certificates);
    }

    @AfterAll
    static void close() {
        kafka.close();
    }

    private static List<AclBinding> relay(String source) {
        return new ArrayList<>(List.of(
                right("shop", CREATE, TOPIC, source + '.', PREFIXED),
                right("shop", WRITE, TOPIC, source + '.', PREFIXED),
                right("shop", DESCRIBE_CONFIGS, TOPIC, source + '.', PREFIXED),
                right("shop", DELETE, TOPIC, source + '.', PREFIXED),
                right("shop", READ, TOPIC, source + '.', PREFIXED),
                right(
                        "shop",
                        WRITE,
                        TRANSACTIONAL_ID,
                        "freshet." + source + '.' + Names.slot(source) + '.',
                        PREFIXED)));
    }

    private static List<AclBinding> replica(String source) {
        return new ArrayList<>(List.of(
                right("shipping", READ, TOPIC, source + ".item", LITERAL),
                right("shipping", DESCRIBE_CONFIGS, TOPIC, source + ".item", LITERAL),
                right("shipping", READ, TOPIC, source + ".freshet-ledger", LITERAL),
                right("shipping", READ, GROUP, "freshet.copies", LITERAL)));
    }

    private static Configuration relayConfiguration(String source, TestDatabase shop, String kafkaSection) {
        return ConfigurationFile.parse(
                "relay.yaml",
                kafkaSection + """

                        sources:
                          %s:
                            url: "%s"
                            user: "%s"
                            password: "%s"
                            limits: { retry-timeout: 1s }
                        streams:
                          item: { source: %1$s, table: public.item, partitions: 2 }
                        http: { port: 0 }
                        """.formatted(source, shop.jdbcUrl(), shop.user(), shop.password()),
                Map.of());
    }

    private static Configuration replicaConfiguration(String source, TestDatabase shipping, String kafkaSection) {
        return ConfigurationFile.parse(
                "replica.yaml",
                kafkaSection + """

                        streams:
                          item: { topic: %s.item }
                        replicas:
                          copies:
                            streams:
                              item: { table: public.item_copy }
                            url: "%s"
                            user: "%s"
                            password: "%s"
                        http: { port: 0 }
                        """.formatted(source, shipping.jdbcUrl(), shipping.user(), shipping.password()),
                Map.of());
    }

    private static String source(TopicPrefix prefix) {
        return prefix.name("shop");
    }

    private static String check(Configuration config) {
        return ServersCheck.check(config, Clock.systemUTC()).stream()
                .map(Mistake::toString)
                .collect(Collectors.joining("\n"));
    }

    private static void prepare(TestDatabase shop) throws SQLException {
        shop.execute(
                "CREATE TABLE item (id int PRIMARY KEY, name text)",
                "INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 1000) i");
    }

    @Test
    void documentedRights_sufficeForEverythingOverTlsAndSasl(
            TestDatabase shop, TestDatabase shipping, TopicPrefix prefix) throws Exception {
        String source = source(prefix);
        prepare(shop);
        List<AclBinding> rights = relay(source);
        rights.addAll(replica(source));
        kafka.allowOnly(rights);
        Configuration relayConfig = relayConfiguration(source, shop, kafka.yaml("shop"));
        Configuration replicaConfig = replicaConfiguration(source, shipping, kafka.yaml("shipping"));
        assertEquals("", check(relayConfig));
        try (LiveCopies relay = new LiveCopies(relayConfig, folder, shop::connect, shipping::connect);
                LiveCopies copies = new LiveCopies(replicaConfig, folder, shop::connect, shipping::connect)) {
            relay.awaitReady();
            copies.start();
            copies.awaitAll();
            shop.execute(
                    "UPDATE item SET name = 'changed' WHERE id <= 10",
                    "UPDATE item SET id = 2000 WHERE id = 11",
                    "DELETE FROM item WHERE id = 12");
            copies.awaitAll();
            copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item_copy ORDER BY id");
            assertEquals("", check(relayConfig));
            assertEquals("", check(replicaConfig));

            // rows are read anew, for which the topic's keys are read
            shop.execute("TRUNCATE item", "INSERT INTO item VALUES (1, 'anew'), (4000, 'new')");
            copies.awaitAll();
            copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item_copy ORDER BY id");

            // another relay takes over where the first stood
            relay.stop();
            shop.execute("INSERT INTO item VALUES (3000, 'while away')");
            relay.start();
            copies.awaitAll();
            copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item_copy ORDER BY id");
            try (Removal removal = Removal.open(relayConfig, folder, Clock.systemUTC())) {
                removal.remove(Removal.Kind.STREAM, "item", false);
            }
        }
        try (Removal removal = Removal.open(replicaConfig, folder, Clock.systemUTC())) {
            removal.remove(Removal.Kind.REPLICA, "copies", true);
        }
        try (Removal removal = Removal.open(relayConfig, folder, Clock.systemUTC())) {
            removal.remove(Removal.Kind.SOURCE, source, false);
        }
    }

    @Test
    void wrongPassword_isToldWithoutShowingIt(TestDatabase shop, TopicPrefix prefix) throws Exception {
        prepare(shop);
        String told = check(relayConfiguration(source(prefix), shop, kafka.yaml("shop", "guessed-password")));
        assertTrue(told.contains("Authentication failed"), told);
        assertFalse(told.contains("guessed-password"), told);
    }

    @Test
    void relayWithoutARight_saysWhichItNeeds(TestDatabase shop, TestDatabase shipping, TopicPrefix prefix)
            throws Exception {
        String source = source(prefix);
        String ledger = source + ".freshet-ledger";
        prepare(shop);
        Configuration config = relayConfiguration(source, shop, kafka.yaml("shop"));
        List<AclBinding> all = relay(source);
        String[][] told = {
            {"create topic", ledger},
            {"Write", ledger},
            {"settings", ledger},
            {},
            {"read", ledger},
            {
                "transactional ids",
                Names.transactionalId(source, Names.slot(source), 0).replaceFirst("0$", "")
            }
        };
        for (int i = 0; i < told.length; i++) {
            kafka.allowOnly(without(all, i));
            try (LiveCopies relay = new LiveCopies(config, folder, shop::connect, shipping::connect)) {
                if (all.get(i).entry().operation() == DELETE) {
                    relay.awaitReady();
                } else {
                    relay.start();
                    relay.awaitProblem(told[i]);
                }
            }
            if (all.get(i).entry().operation() == DELETE) {
                try (Removal removal = Removal.open(config, folder, Clock.systemUTC())) {
                    FreshetException refused = assertThrows(
                            FreshetException.class, () -> removal.remove(Removal.Kind.STREAM, "item", false));
                    assertTrue(
                            refused.getMessage().contains("delete topic '" + source + ".item'"), refused.getMessage());
                }
            }
        }
    }

    @Test
    void relayThatMayReadTheLedgerAlone_readsRowsAnewOnceItMayReadTheTopic(
            TestDatabase shop, TestDatabase shipping, TopicPrefix prefix) throws Exception {
        String source = source(prefix);
        prepare(shop);
        Configuration config = relayConfiguration(source, shop, kafka.yaml("shop"));
        List<AclBinding> rights = relay(source);
        rights.removeIf(r -> r.entry().operation() == READ);
        rights.add(right("shop", READ, TOPIC, source + ".freshet-ledger", LITERAL));
        kafka.allowOnly(rights);
        try (LiveCopies relay = new LiveCopies(config, folder, shop::connect, shipping::connect)) {
            relay.awaitReady();
            String told = check(config);
            assertTrue(told.contains("read topic '" + source + ".item'") && told.contains("--operation Read"), told);
            shop.execute("TRUNCATE item");
            relay.awaitProblem("snapshotting", source + ".item", "operation Read", "retry-timeout");
            kafka.allowOnly(relay(source));
            relay.untilReady();
            assertEquals("", check(config));
        }
    }

    @Test
    void replicaWithoutARight_saysWhichItNeeds(TestDatabase shop, TestDatabase shipping, TopicPrefix prefix)
            throws Exception {
        String source = source(prefix);
        prepare(shop);
        List<AclBinding> all = replica(source);
        String[][] told = {
            {source + ".item", "READ"},
            {"configuration of topic", source + ".item"},
            {".freshet-ledger", "grant DESCRIBE and READ on the ledger"},
            {"group", "freshet.copies"}
        };
        Configuration relayConfig = relayConfiguration(source, shop, kafka.yaml("admin"));
        Configuration config = replicaConfiguration(source, shipping, kafka.yaml("shipping"));
        try (LiveCopies relay = new LiveCopies(relayConfig, folder, shop::connect, shipping::connect)) {
            relay.awaitReady();
            for (int i = 0; i < told.length; i++) {
                kafka.allowOnly(without(all, i));
                assertTrue(
                        all.get(i).pattern().resourceType() == GROUP
                                || !check(config).isEmpty(),
                        told[i][0]);
                try (LiveCopies copies = new LiveCopies(config, folder, shop::connect, shipping::connect)) {
                    copies.start();
                    copies.awaitProblem(told[i]);
                }
            }
        }
    }

    private static List<AclBinding> without(List<AclBinding> all, int missing) {
        List<AclBinding> rest = new ArrayList<>(all);
        rest.remove(missing);
        return rest;
    }
}
