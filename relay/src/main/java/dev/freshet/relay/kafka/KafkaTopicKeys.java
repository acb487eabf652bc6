package dev.freshet.relay.kafka;

import dev.freshet.model.DurationText;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic's keys with a consumer of no group. It holds a few megabytes; of values it keeps nothing. */
public final class KafkaTopicKeys implements TopicKeys {
    /**
     * Who polls more seldom has other work, such as the rows of a snapshot that is held back, and no more than this of the
     * time between two polls counts as standstill.
     */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private static final String MOST_RECORDS = "2000";
    private static final String FETCH_BYTES = Integer.toString(4 << 20);
    private static final String PARTITION_BYTES = Integer.toString(1 << 20);
    private static final Duration STANDSTILL_LIMIT = Duration.ofSeconds(30);

    private final String topic;
    private final OffsetVector end;
    private final Consumer<byte[], Boolean> consumer;
    private final Duration standstillLimit;
    private final LongSupplier nanos;
    private final long[] at;
    private long movedNanos;
    private long polledNanos;

    /**
     * Opens a topic; the cluster is first asked by {@link #poll}.
     *
     * @param from by partition, where to begin
     * @param end by partition, where to end
     * @throws RetriableException if no client can be made
     */
    public KafkaTopicKeys(RelaySettings settings, TopicInfo topic, OffsetVector from, OffsetVector end) {
        this(open(settings, topic.topic()), topic.topic(), from, end, STANDSTILL_LIMIT, System::nanoTime);
    }

    /**
     * Reads with a consumer.
     *
     * @param standstillLimit after how long without any progress it counts as a failure
     * @param nanos a clock like {@link System#nanoTime}
     */
    KafkaTopicKeys(
            Consumer<byte[], Boolean> consumer,
            String topic,
            OffsetVector from,
            OffsetVector end,
            Duration standstillLimit,
            LongSupplier nanos) {
        this.consumer = consumer;
        this.topic = topic;
        this.end = end;
        this.at = from.toArray();
        this.standstillLimit = standstillLimit;
        this.nanos = nanos;
        this.movedNanos = nanos.getAsLong();
        this.polledNanos = movedNanos;
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < end.partitions(); p++) {
            partitions.add(new TopicPartition(topic, p));
        }
        consumer.assign(partitions);
        partitions.forEach(p -> consumer.seek(p, from.offset(p.partition())));
    }

    private static Consumer<byte[], Boolean> open(RelaySettings settings, String topic) {
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
            return new KafkaConsumer<>(
                    config, new ByteArrayDeserializer(), (name, value) -> value == null ? null : Boolean.TRUE);
        } catch (KafkaException e) {
            throw failed(topic, e);
        }
    }

    @Override
    public OffsetVector poll(Visitor visitor) {
        long now = nanos.getAsLong();
        // who was not asked did not stand still meanwhile; what was counted before stays
        movedNanos += Math.max(0, now - polledNanos - PAUSE_NANOS);
        polledNanos = now;
        try {
            for (ConsumerRecord<byte[], Boolean> r : consumer.poll(Duration.ZERO)) {
                if (r.offset() < end.offset(r.partition())) {
                    visitor.key(r.key(), r.value() == null);
                }
            }
            boolean moved = false;
            for (int p = 0; p < at.length; p++) {
                moved |= move(new TopicPartition(topic, p));
            }
            if (moved) {
                movedNanos = nanos.getAsLong();
            } else {
                requireProgress();
            }
            return OffsetVector.of(at);
        } catch (KafkaException e) {
            throw failed(topic, e);
        }
    }

    /** Markers and what was compacted away have no record, but are passed. */
    private boolean move(TopicPartition partition) {
        int p = partition.partition();
        long before = at[p];
        try {
            // without waiting: after a change of its leader a position has to be validated first
            at[p] = Math.max(before, Math.min(consumer.position(partition, Duration.ZERO), end.offset(p)));
        } catch (TimeoutException e) {
            return false;
        }
        if (at[p] == end.offset(p)) {
            consumer.pause(List.of(partition));
        }
        return at[p] > before;
    }

    private void requireProgress() {
        if (OffsetVector.of(at).equals(end) || nanos.getAsLong() - movedNanos < standstillLimit.toNanos()) {
            return;
        }
        throw new RetriableException("The keys of topic '" + topic + "' could be read up to the offsets "
                + Arrays.toString(at) + " of " + Arrays.toString(end.toArray()) + " only, and no further for "
                + DurationText.of(standstillLimit)
                + ": a partition has no leader, or an undecided transaction stands there"
                + " (see kafka-transactions.sh find-hanging)");
    }

    private static RetriableException failed(String topic, KafkaException e) {
        String what = "The keys of topic '" + topic + "' could not be read: " + AdminCalls.rootMessage(e);
        if (e instanceof AuthorizationException) {
            return new RetriableException(
                    what + ". Allow the relay's Kafka user the operation Read on the topic (kafka-acls.sh --add"
                            + " --operation Read --topic '" + topic
                            + "'): without it nobody can tell which keys have vanished",
                    e);
        }
        return new RetriableException(what, e);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
