package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.stream.StreamLocation;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class LedgerLocatorTest {
    private LedgerLocator locator;
    private String servers;
    private String shop;

    @BeforeEach
    void start(EmbeddedKafka kafka, TopicPrefix prefix) {
        servers = kafka.bootstrapServers();
        shop = prefix + "shop";
        locator = new LedgerLocator(new KafkaConnection(servers, Map.of()), Duration.ofSeconds(20), Clock.systemUTC());
    }

    @Test
    void derivedLedger_isFound() throws Exception {
        try (TestRelay relay = new TestRelay(servers, shop)) {
            String topic = relay.capture("orders", 2);
            relay.begin().put("orders", 0, "1", "a").commit();
            assertEquals(new StreamLocation(shop, "orders", topic, relay.ledger), locator.locate(topic, null));
        }
    }

    @Test
    void topicWithAnotherName_isFoundByLookingIntoEveryLedger() throws Exception {
        try (TestRelay relay = new TestRelay(servers, shop)) {
            relay.capture("orders", 1);
            String named = shop + ".v2.customers";
            relay.capture("customers", named, relay.createTopic(named, 1), 1);
            relay.begin().put("customers", 0, "1", "a").commit();
            assertEquals(new StreamLocation(shop, "customers", named, relay.ledger), locator.locate(named, null));
        }
    }

    @Test
    void topicThatIsGone_isFoundByTheLedgerThatNamesIt() throws Exception {
        try (TestRelay relay = new TestRelay(servers, shop)) {
            String topic = relay.capture("orders", 1);
            relay.begin().put("orders", 0, "1", "a").commit();
            relay.admin.deleteTopics(Set.of(topic)).all().get(30, TimeUnit.SECONDS);
            assertEquals(new StreamLocation(shop, "orders", topic, relay.ledger), locator.locate(topic, null));
        }
    }

    @Test
    void topicThatIsCalledALedger_keepsNoOtherFromBeingFound() throws Exception {
        try (TestRelay relay = new TestRelay(servers, shop)) {
            String named = shop + ".v2.customers";
            relay.capture("customers", named, relay.createTopic(named, 1), 1);
            relay.begin().put("customers", 0, "1", "a").commit();
            String stray = shop + ".a.freshet-ledger";
            relay.createTopic(stray, 2);
            assertEquals(new StreamLocation(shop, "customers", named, relay.ledger), locator.locate(named, null));
            ConfigurationException e =
                    assertThrows(ConfigurationException.class, () -> locator.locate(shop + ".orders", null));
            assertTrue(e.getMessage().contains("'" + stray + "' (not readable: "), e.getMessage());
            assertTrue(e.getMessage().contains("it is no ledger"), e.getMessage());
            relay.admin.deleteTopics(Set.of(stray)).all().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void configuredLedger_winsAndMayHaveAnyName() throws Exception {
        String ledger = shop + "-positions";
        try (TestRelay relay = new TestRelay(servers, shop, ledger)) {
            String topic = relay.capture("orders", 1);
            relay.begin().put("orders", 0, "1", "a").commit();
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> locator.locate(topic, null));
            assertTrue(e.getMessage().contains("set the stream's 'ledger'"), e.getMessage());
            assertEquals(new StreamLocation(shop, "orders", topic, ledger), locator.locate(topic, ledger));
        }
    }

    @Test
    void ledgerWithoutTheTopic_isToldWithItsStreams() throws Exception {
        try (TestRelay relay = new TestRelay(servers, shop)) {
            relay.capture("orders", 1);
            relay.begin().put("orders", 0, "1", "a").commit();
            String stray = shop + ".stray";
            relay.createTopic(stray, 1);
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> locator.locate(stray, null));
            assertTrue(
                    e.getMessage()
                            .startsWith("No ledger names a stream with the topic '" + stray + "'. Freshet looked into '"
                                    + relay.ledger + "' (streams orders)"),
                    e.getMessage());
        }
    }

    @Test
    void absentTopicOrLedger_isNamed() throws Exception {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> locator.locate(shop, null));
        assertTrue(e.getMessage().contains("'" + shop + "' does not exist"), e.getMessage());
        try (TestRelay relay = new TestRelay(servers, shop)) {
            String topic = relay.capture("orders", 1);
            e = assertThrows(ConfigurationException.class, () -> locator.locate(topic, "nowhere"));
            assertTrue(e.getMessage().contains("The ledger 'nowhere'"), e.getMessage());
        }
    }
}
