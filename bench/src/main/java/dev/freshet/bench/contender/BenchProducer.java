package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The producer of all contenders but Freshet: idempotent, {@code acks=all}, lz4, with Freshet's linger and batch size.
 * It works outside transactions and never waits for one, which makes the limits the highest that there can be.
 */
final class BenchProducer implements AutoCloseable {
    private static final int LINGER_MILLIS = 5;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private BenchProducer(KafkaProducer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    static BenchProducer create(Settings settings) {
        return create(settings, LINGER_MILLIS);
    }

    /** Returns one whose records are each waited for: it does not wait for more of them. */
    static BenchProducer waitedFor(Settings settings) {
        return create(settings, 0);
    }

    private static BenchProducer create(Settings settings, int lingerMillis) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.get(Keys.KAFKA));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMillis));
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 << 10));
        return new BenchProducer(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
                settings.get(Keys.TOPIC));
    }

    /** Sends a record without headers; an earlier failure comes out here. */
    void send(byte @Nullable [] key, byte @Nullable [] value) {
        send(key, value, List.of());
    }

    /** Sends a record; an earlier failure comes out here. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees each failure
    void send(byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
        producer.send(new ProducerRecord<>(topic, null, key, value, headers), (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        check();
    }

    /** Sends a record and returns when it is acknowledged. */
    void sendAndWait(String key, String value) {
        try {
            producer.send(new ProducerRecord<>(
                            topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A record was not written to topic " + topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a record was written to topic " + topic, e);
        }
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
