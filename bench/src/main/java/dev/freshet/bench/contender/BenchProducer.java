package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The producer of all contenders but Freshet: idempotent, {@code acks=all}, lz4, with Freshet's linger and batch size.
 * It works outside transactions and never waits for one, which makes the limits the highest that there can be.
 */
final class BenchProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private BenchProducer(KafkaProducer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    static BenchProducer create(Settings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.get(Keys.KAFKA));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 << 10));
        return new BenchProducer(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
                settings.get(Keys.TOPIC));
    }

    /** Sends a record; an earlier failure comes out here. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees each failure
    void send(byte @Nullable [] key, byte @Nullable [] value) {
        producer.send(new ProducerRecord<>(topic, key, value), (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        check();
    }

    /** Waits until all records sent so far are acknowledged. */
    void flush() {
        producer.flush();
        check();
    }

    private void check() {
        Exception e = failure.get();
        if (e != null) {
            throw new IllegalStateException("A record was not written to topic " + topic, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
