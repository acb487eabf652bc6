package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class ClusterCheckTest {
    @Test
    void transactionsOfAnOlderVersion_areRefusedWithTheWayOut() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaTopicStore store = KafkaTopicStore.create(settings(kafka))) {
            assertEquals(List.of(), store.checkCluster());
            FeatureUpdate older = new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
            admin.updateFeatures(Map.of("transaction.version", older), new UpdateFeaturesOptions())
                    .all()
                    .get(30, TimeUnit.SECONDS);
            // the controller has it first, a broker a little later
            List<String> problems = Awaitility.await().until(store::checkCluster, found -> !found.isEmpty());
            assertEquals(1, problems.size());
            assertTrue(
                    problems.get(0).startsWith("The Kafka cluster has transaction.version 1, but Freshet needs 2 ")
                            && problems.get(0).contains("'kafka-features.sh upgrade --feature transaction.version=2'"),
                    problems.get(0));
        }
    }

    private static RelaySettings settings(EmbeddedKafka kafka) {
        StreamSettings items =
                StreamSettings.of(new TableCapture("items", "public.item", List.of(), List.of()), "items");
        return RelaySettings.builder("shop", List.of(items), Map.of("bootstrap.servers", kafka.bootstrapServers()))
                .build();
    }
}
