package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class AdminCallsTest {
    @Test
    void brokersAway_theMessageSaysWhatWasAskedWhereAndTheWayOut() {
        RelaySettings settings = RelaySettings.builder(
                        "shop",
                        List.of(StreamSettings.of(
                                new TableCapture("items", "item", List.of(), List.of()), "shop.items")),
                        Map.of(
                                "bootstrap.servers", "127.0.0.1:1",
                                "request.timeout.ms", "300",
                                "default.api.timeout.ms", "300"))
                .build();
        try (KafkaTopicStore store = KafkaTopicStore.create(settings)) {
            String message =
                    assertThrows(RetriableException.class, store::checkCluster).getMessage();
            assertTrue(
                    message.startsWith("Could not ask for the cluster's features")
                            && message.contains("127.0.0.1:1")
                            && message.contains("kafka.bootstrap-servers"),
                    message);
        }
    }

    @Test
    void missingRight_isAMistakeOfTheConfiguration() {
        RuntimeException e = new AdminCalls("kafka:9092")
                .failed("read the settings of topic 'a'", new TopicAuthorizationException("not authorized"));
        assertInstanceOf(ConfigurationException.class, e);
        assertTrue(e.getMessage().contains("kafka-acls.sh") && e.getMessage().contains("'a'"), e.getMessage());
    }
}
