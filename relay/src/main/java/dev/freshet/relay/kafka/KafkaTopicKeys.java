package dev.freshet.relay.kafka;

import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic's keys with a consumer of no group. It holds a few megabytes; of values it keeps nothing. */
public final class KafkaTopicKeys implements TopicKeys {
    private static final String MOST_RECORDS = "2000";
    private static final String FETCH_BYTES = Integer.toString(4 << 20);
    private static final String PARTITION_BYTES = Integer.toString(1 << 20);

    private final String topic;
    private final OffsetVector end;
    private final KafkaConsumer<byte[], Boolean> consumer;

    /**
     * Opens a topic; the cluster is first asked by {@link #poll}.
     *
     * @param from by partition, where to begin
     * @param end by partition, where to end
     * @throws RetriableException if no client can be made
     */
    public KafkaTopicKeys(RelaySettings settings, TopicInfo topic, OffsetVector from, OffsetVector end) {
        this.topic = topic.topic();
        this.end = end;
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, KafkaTopicWriter.RETRY_BACKOFF_MS);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_BYTES);
        config.putAll(settings.kafka());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-relay-" + settings.source() + "-keys");
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try {
            consumer = new KafkaConsumer<>(
                    config, new ByteArrayDeserializer(), (name, value) -> value == null ? null : Boolean.TRUE);
        } catch (KafkaException e) {
            throw failed(e);
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < end.partitions(); p++) {
            partitions.add(new TopicPartition(this.topic, p));
        }
        consumer.assign(partitions);
        partitions.forEach(p -> consumer.seek(p, from.offset(p.partition())));
    }

    @Override
    public OffsetVector poll(Visitor visitor) {
        try {
            for (ConsumerRecord<byte[], Boolean> r : consumer.poll(Duration.ZERO)) {
                if (r.offset() < end.offset(r.partition())) {
                    visitor.key(r.key(), r.value() == null);
                }
            }
            long[] at = new long[end.partitions()];
            for (int p = 0; p < at.length; p++) {
                TopicPartition partition = new TopicPartition(topic, p);
                // markers and what was compacted away have no record, but are passed
                at[p] = Math.min(consumer.position(partition), end.offset(p));
                if (at[p] == end.offset(p)) {
                    consumer.pause(List.of(partition));
                }
            }
            return OffsetVector.of(at);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private RetriableException failed(KafkaException e) {
        return new RetriableException(
                "The keys of topic '" + topic + "' could not be read: " + AdminCalls.rootMessage(e), e);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
