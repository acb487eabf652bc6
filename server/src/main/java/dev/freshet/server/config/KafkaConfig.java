package dev.freshet.server.config;

import java.util.Map;

/**
 * The Kafka that carries the streams.
 *
 * @param bootstrapServers the brokers to ask first, or {@code embedded}
 * @param properties passed to every client; the text form hides the values
 */
public record KafkaConfig(String bootstrapServers, Map<String, String> properties) {
    /** Copies the map. */
    public KafkaConfig {
        properties = Map.copyOf(properties);
    }

    /** Returns whether Freshet starts a Kafka of its own. */
    public boolean embedded() {
        return bootstrapServers.equals(Sections.EMBEDDED);
    }

    /** Returns the servers and the names of the properties. */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", properties=" + properties.keySet() + "]";
    }
}
