package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With which settings a relay makes a topic, and which of an existing one it refuses. */
class TopicSettingsTest extends RelayFixture {
    private Admin admin;

    @BeforeEach
    void openAdmin(EmbeddedKafka kafka, TopicPrefix prefix) {
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        TableCapture items = new TableCapture("items", "public.item", List.of(), List.of());
        StreamSettings chosen = new StreamSettings(
                "items",
                topic,
                5,
                1,
                1,
                new StreamSettings.Rows(items, Duration.ofMinutes(90), Duration.ofDays(3), HeaderSet.CLOUDEVENTS));
        settings = settings(kafka, prefix, List.of(chosen)).build();
    }

    @AfterEach
    void closeAdmin() {
        admin.close();
    }

    @Test
    void newTopic_hasThoseOfItsStream() throws SQLException, ExecutionException, InterruptedException {
        settle(start(settings));
        var description =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        assertEquals(5, description.partitions().size());
        assertEquals(1, description.partitions().get(0).replicas().size());
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).all().get().get(resource));
        Map<String, String> wanted = Map.of(
                "cleanup.policy", "compact",
                "min.insync.replicas", "1",
                "min.compaction.lag.ms", "5400000",
                "delete.retention.ms", "259200000",
                "message.timestamp.type", "LogAppendTime");
        wanted.forEach((name, value) -> assertEquals(value, config.get(name).value(), name));
        assertEquals(
                "DYNAMIC_TOPIC_CONFIG",
                config.get("min.insync.replicas").source().name());
    }

    @Test
    void existingTopicThatContradicts_isRefusedWithSettingBothValuesAndTheWayOut() throws Exception {
        NewTopic made = new NewTopic(topic, 2, (short) 1).configs(Map.of("cleanup.policy", "delete"));
        admin.createTopics(List.of(made)).all().get();
        Relay relay = start(settings);
        Awaitility.await().atMost(LIMIT).until(() -> relay.ended().isDone());
        String message = Objects.requireNonNull(relay.status().message());
        for (String part : List.of(
                "'" + topic + "' has 2 partitions, but streams.items.partitions is 5: set it to 2",
                "has cleanup.policy=delete, but stream 'items' needs compact: change the topic (kafka-configs.sh",
                "min.compaction.lag.ms=0, but stream 'items' needs 5400000",
                "or the setting 'min-compaction-lag'",
                "delete.retention.ms=86400000, but stream 'items' needs 259200000")) {
            assertTrue(message.contains(part), () -> part + " is not in: " + message);
        }
        // it was looked at before a slot was made, so there is nothing of which the ledger would have to know
        assertEquals(List.of(), topics.readAll(settings.ledger()));
    }
}
