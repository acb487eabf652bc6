package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The limit of a relay of events: records of another topic, headers included, sent as fast as one producer takes them. Some
 * {@value #SAMPLE} are read first, and sent over and over.
 */
public final class RawRecords extends Worker {
    private static final int SAMPLE = 20_000;
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    /** Creates the contender. */
    public RawRecords() {}

    @Override
    protected void work(Settings settings, Signals signals) {
        Timer timer = new Timer(settings, signals);
        List<ConsumerRecord<byte[], byte[]>> sample = sample(settings);
        long first = settings.number(Keys.FIRST);
        long last = settings.number(Keys.LAST);
        try (BenchProducer producer = BenchProducer.create(settings)) {
            for (long id = first; id < last && !stopping(); id++) {
                send(producer, sample, id);
                timer.handled(id, 1);
            }
            send(producer, sample, last);
            producer.flush();
            timer.handled(last, 1);
        }
    }

    private static void send(BenchProducer producer, List<ConsumerRecord<byte[], byte[]>> sample, long id) {
        ConsumerRecord<byte[], byte[]> record = sample.get((int) (id % sample.size()));
        producer.send(record.key(), record.value(), record.headers());
    }

    private static List<ConsumerRecord<byte[], byte[]>> sample(Settings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.get(Keys.KAFKA));
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        TopicPartition partition = new TopicPartition(settings.get(Keys.RECORDS), 0);
        List<ConsumerRecord<byte[], byte[]>> sample = new ArrayList<>(SAMPLE);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + READ_LIMIT.toNanos();
            while (sample.size() < SAMPLE && consumer.position(partition) < end && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(sample::add);
            }
        }
        if (sample.isEmpty()) {
            throw new IllegalStateException("Topic " + partition.topic() + " has no records to send");
        }
        return sample;
    }
}
