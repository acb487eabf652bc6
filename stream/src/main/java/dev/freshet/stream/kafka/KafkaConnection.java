package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka: {@code kafka.bootstrap-servers} and {@code kafka.properties} of the configuration. It makes the
 * consumers of this module.
 *
 * <p>Defaults that {@code kafka.properties} may change, all in Kafka's own words: {@code fetch.max.bytes} 8 MiB and {@code
 * max.partition.fetch.bytes} 1 MiB bound what a reader holds (about two fetches a broker, unpacked batch by batch);
 * {@code max.poll.records} 5000; {@code fetch.max.wait.ms} 20: a partition that was drained late waits at most that long
 * for the fetch that is under way without it; {@code retry.backoff.ms} 20, since a new client waits that long for each thing that
 * it does not know yet; {@code session.timeout.ms} 10 s, {@code heartbeat.interval.ms} 500 ms.
 *
 * <p>The group protocol is Kafka's classic one with cooperative assignment: an instance that joins or leaves has its
 * partitions moved within about two heartbeats (measured on a 4.3 broker: 0.5 to 1 s), one that dies after the session
 * time-out. The newer one ({@code group.protocol=consumer}, which may be set) leaves both to the broker, whose defaults (5
 * s, 45 s) are also their lower limits: measured 5 s to join or leave.
 *
 * @param bootstrapServers as Kafka has it, {@code host:port,…}
 * @param properties passed to every client
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    private static final String RETRY_BACKOFF_MS = "20";

    /** A dead letter is larger than its record, by its headers; the topic has a limit of its own. */
    private static final int MAX_REQUEST_BYTES = 16 << 20;

    private static final AtomicLong CLIENTS = new AtomicLong();

    private static final Map<String, String> MUST_HOLD = Map.of(
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName(),
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());

    /** Copies the map. */
    public KafkaConnection {
        properties = Map.copyOf(properties);
        if (bootstrapServers.isBlank()) {
            throw new ConfigurationException("kafka.bootstrap-servers is empty; give host:port of one or more brokers");
        }
    }

    KafkaConsumer<byte[], byte[]> consumer(String name, @Nullable String group) {
        try {
            return new KafkaConsumer<>(Map.copyOf(consumerProperties(name, group)));
        } catch (ConfigException e) {
            throw wrong(e);
        }
    }

    Admin admin(String name) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        all.putAll(properties);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(name));
        try {
            return Admin.create(all);
        } catch (ConfigException e) {
            throw wrong(e);
        }
    }

    /** Returns a producer whose records count once all in-sync replicas have them. */
    KafkaProducer<byte[], byte[]> producer(String name) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000");
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000");
        all.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES));
        all.putAll(properties);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(name));
        try {
            return new KafkaProducer<>(Map.copyOf(all), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (ConfigException e) {
            throw wrong(e);
        }
    }

    private static ConfigurationException wrong(ConfigException e) {
        return new ConfigurationException("kafka.properties are not accepted by Kafka's client: " + e.getMessage(), e);
    }

    /** Returns all properties of a consumer; refuses what contradicts the protocol. */
    Map<String, Object> consumerProperties(String name, @Nullable String group) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20));
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(1 << 20));
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        if (group != null) {
            all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
            if (!"consumer".equalsIgnoreCase(properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
                all.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
                all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
                all.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "500");
            }
        }
        for (String key : new TreeSet<>(properties.keySet())) {
            refuse(key, MUST_HOLD.get(key), "what the protocol needs");
            refuse(
                    key,
                    key.equals(ConsumerConfig.GROUP_ID_CONFIG) ? group : null,
                    "the group that it derives or is given");
        }
        all.putAll(properties);
        all.putAll(MUST_HOLD);
        if (group == null) {
            all.remove(ConsumerConfig.GROUP_ID_CONFIG);
            all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        }
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(name));
        return all;
    }

    private void refuse(String key, @Nullable String needed, String why) {
        String given = properties.get(key);
        if (needed != null && !needed.equalsIgnoreCase(given)) {
            throw new ConfigurationException("kafka.properties sets " + key + "=" + given + ", but Freshet reads with "
                    + key + "=" + needed + ", " + why + "; take the setting out");
        }
    }

    private String clientId(String name) {
        String given = properties.get(CommonClientConfigs.CLIENT_ID_CONFIG);
        return (given == null ? "freshet" : given) + '-' + name + '-' + CLIENTS.incrementAndGet();
    }

    /** Shows the servers and the properties' names; their values may hold secrets. */
    @Override
    public String toString() {
        return "KafkaConnection[" + bootstrapServers + ", properties " + new TreeSet<>(properties.keySet()) + "]";
    }
}
