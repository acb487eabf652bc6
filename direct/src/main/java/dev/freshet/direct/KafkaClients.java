package dev.freshet.direct;

import dev.freshet.model.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka's clients with what this module needs of them. */
final class KafkaClients {
    private static final int REQUEST_MILLIS = 5000;
    private static final int DELIVERY_MILLIS = 10_000;
    private static final int LEAST_DELIVERY_MILLIS = 1000;
    private static final long SPARE_MEMORY = 32L << 20;

    private final DirectSettings settings;

    KafkaClients(DirectSettings settings) {
        this.settings = settings;
    }

    /** Returns how long the client itself may take for a record, retries included. */
    Duration delivery() {
        String given = settings.kafka().get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        try {
            return Duration.ofMillis(given == null ? defaultDelivery() : Long.parseLong(given.trim()));
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "The Kafka property " + ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG + " is '" + given
                            + "'; give it a number of milliseconds",
                    e);
        }
    }

    /** What is to be given up soon must not be tried for long by the client. */
    private int defaultDelivery() {
        return settings.retryFor()
                .map(bound -> (int) Math.max(LEAST_DELIVERY_MILLIS, Math.min(DELIVERY_MILLIS, bound.toMillis())))
                .orElse(DELIVERY_MILLIS);
    }

    /** Returns a producer that never blocks who sends, and whose records count once all in-sync replicas have them. */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(defaultDelivery()));
        all.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Long.toString(Math.min(REQUEST_MILLIS, delivery().toMillis())));
        all.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(settings.maxRecordBytes()));
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(2 * settings.capacityBytes() + SPARE_MEMORY));
        all.putAll(settings.kafka());
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        // what the client does not know yet is asked for beside it, so that no topic holds up another
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        try {
            return new KafkaProducer<>(named(all), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw wrong(e);
        }
    }

    Admin admin() {
        try {
            return Admin.create(named(new HashMap<>(settings.kafka())));
        } catch (KafkaException e) {
            throw wrong(e);
        }
    }

    private Map<String, Object> named(Map<String, Object> properties) {
        properties.putIfAbsent(CommonClientConfigs.CLIENT_ID_CONFIG, "freshet-direct-" + settings.source());
        return properties;
    }

    private static ConfigurationException wrong(KafkaException e) {
        String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
        return new ConfigurationException(
                "Kafka's client does not accept the properties of builder(kafkaProperties): " + e.getMessage() + cause,
                e);
    }
}
