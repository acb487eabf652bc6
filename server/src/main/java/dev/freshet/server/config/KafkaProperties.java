package dev.freshet.server.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which properties of Kafka's clients Freshet sets itself, because its guarantees rest on them. */
final class KafkaProperties {
    private static final Map<String, String> OWN = new TreeMap<>(Map.ofEntries(
            Map.entry("bootstrap.servers", "write it as kafka.bootstrap-servers"),
            Map.entry("acks", "a record counts only when all in-sync replicas have it"),
            Map.entry("enable.idempotence", "nothing may be written twice or out of order"),
            Map.entry("transactional.id", "it fences a relay that was replaced"),
            Map.entry("key.serializer", "Freshet writes bytes"),
            Map.entry("value.serializer", "Freshet writes bytes"),
            Map.entry("key.deserializer", "Freshet reads bytes"),
            Map.entry("value.deserializer", "Freshet reads bytes"),
            Map.entry("isolation.level", "what was not committed must not be read"),
            Map.entry("enable.auto.commit", "offsets are stored with the copy"),
            Map.entry("auto.offset.reset", "a missing offset must not be passed over"),
            Map.entry("group.id", "write it as group of the replica"),
            Map.entry("partitioner.class", "a key must stay in its partition")));

    private KafkaProperties() {}

    static Set<String> own() {
        return OWN.keySet();
    }

    static void check(Map<String, String> properties, Place at) {
        properties.keySet().forEach(key -> {
            String reason = OWN.get(key);
            if (reason != null) {
                at.at(key).mistake("is set by Freshet itself: " + reason + "; take it out");
            }
        });
    }
}
