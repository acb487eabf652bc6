package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaConnectionTest {
    private static Map<String, Object> of(Map<String, String> properties) {
        return new KafkaConnection("localhost:9092", properties).consumerProperties("r", "freshet.r");
    }

    @Test
    void whatTheProtocolNeeds_isSet() {
        Map<String, Object> all = of(Map.of());
        assertEquals("read_committed", all.get("isolation.level"));
        assertEquals("false", all.get("enable.auto.commit"));
        assertEquals("none", all.get("auto.offset.reset"));
        assertEquals("false", all.get("allow.auto.create.topics"));
        assertEquals("freshet.r", all.get("group.id"));
        assertEquals("localhost:9092", all.get("bootstrap.servers"));
    }

    @Test
    void contradiction_isRefusedByName() {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> of(Map.of("isolation.level", "read_uncommitted")));
        assertEquals(
                "kafka.properties sets isolation.level=read_uncommitted, but Freshet reads with"
                        + " isolation.level=read_committed, what the protocol needs; take the setting out",
                e.getMessage());
        assertThrows(ConfigurationException.class, () -> of(Map.of("enable.auto.commit", "true")));
        assertThrows(ConfigurationException.class, () -> of(Map.of("auto.offset.reset", "latest")));
        assertThrows(ConfigurationException.class, () -> of(Map.of("group.id", "mine")));
    }

    @Test
    void agreement_isAccepted() {
        assertEquals(
                "read_committed",
                of(Map.of("isolation.level", "read_committed")).get("isolation.level"));
        assertEquals("freshet.r", of(Map.of("group.id", "freshet.r")).get("group.id"));
    }

    @Test
    void everythingElse_isPassedOn_andWinsOverDefaults() {
        Map<String, Object> all =
                of(Map.of("max.poll.records", "7", "sasl.jaas.config", "secret", "client.id", "mine"));
        assertEquals("7", all.get("max.poll.records"));
        assertEquals("secret", all.get("sasl.jaas.config"));
        assertTrue(String.valueOf(all.get("client.id")).startsWith("mine-r-"));
    }

    @Test
    void newerGroupProtocol_getsNoneOfTheClassicSettings() {
        Map<String, Object> all = of(Map.of("group.protocol", "consumer"));
        assertFalse(all.containsKey("session.timeout.ms"));
        assertFalse(all.containsKey("heartbeat.interval.ms"));
        assertFalse(all.containsKey("partition.assignment.strategy"));
    }

    @Test
    void readerWithoutAGroup_joinsNone() {
        Map<String, Object> all = new KafkaConnection("localhost:9092", Map.of("group.instance.id", "i"))
                .consumerProperties("ledger", null);
        assertNull(all.get("group.id"));
        assertNull(all.get("group.instance.id"));
    }

    @Test
    void values_areNotShown() {
        String shown = new KafkaConnection("localhost:9092", Map.of("sasl.jaas.config", "secret")).toString();
        assertFalse(shown.contains("secret"), shown);
        assertTrue(shown.contains("sasl.jaas.config"), shown);
    }

    @Test
    void whatKafkaDoesNotAccept_isAConfigurationError() {
        KafkaConnection wrong = new KafkaConnection("localhost:9092", Map.of("fetch.max.bytes", "many"));
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> KafkaStreamReader.create(wrong, "r", "g", Duration.ofSeconds(1)));
        assertTrue(e.getMessage().contains("fetch.max.bytes"), e.getMessage());
        assertThrows(ConfigurationException.class, () -> new KafkaConnection(" ", Map.of()));
    }
}
