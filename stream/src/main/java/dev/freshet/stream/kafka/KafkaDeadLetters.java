package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.stream.DeadLetter;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.Partition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * {@link DeadLetters} on Kafka's clients, which are made when the first letter comes.
 *
 * <p>A record is read again from its topic, since those that a reader hands out come without their headers: to keep them for
 * the few that are refused would cost all the others memory.
 */
public final class KafkaDeadLetters implements DeadLetters {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConnection kafka;
    private final String name;
    private final String topic;
    private final Duration askLimit;
    /** No nullable fields: from 25 on, javac wants a field's annotated type also where only its class is used. */
    private Optional<KafkaConsumer<byte[], byte[]>> consumer = Optional.empty();

    private Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();

    private KafkaDeadLetters(KafkaConnection kafka, String name, String topic, Duration askLimit) {
        this.kafka = kafka;
        this.name = name;
        this.topic = topic;
        this.askLimit = askLimit;
    }

    /**
     * Creates it; nothing is asked of the brokers yet.
     *
     * @param kafka how to reach Kafka
     * @param name a short name for the clients, such as the replica's
     * @param topic the dead-letter topic
     * @param askLimit how long a question to the brokers, or a record, may take, such as 10 s
     */
    public static KafkaDeadLetters create(KafkaConnection kafka, String name, String topic, Duration askLimit) {
        return new KafkaDeadLetters(kafka, name, topic, askLimit);
    }

    @Override
    public void send(List<DeadLetter> letters) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(letters.size());
        try {
            KafkaProducer<byte[], byte[]> to = producer();
            for (DeadLetter letter : letters) {
                sent.add(to.send(copy(read(letter.partition(), letter.offset()), letter.headers())));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (InterruptException e) {
            Thread.interrupted(); // Kafka has set the flag again; the checked exception takes its place
            InterruptedException checked = new InterruptedException("Interrupted while sending dead letters");
            checked.initCause(e);
            throw checked;
        } catch (org.apache.kafka.common.KafkaException e) {
            throw failed(e);
        }
    }

    private RuntimeException failed(@Nullable Throwable e) {
        close();
        if (e instanceof AuthorizationException) {
            return new ConfigurationException(
                    "Kafka failed at writing to the dead-letter topic '" + topic + "': " + e.getMessage()
                            + "; grant WRITE on it (docs/how-to/least-rights.md)",
                    e);
        }
        return KafkaFaults.translate(
                "writing to the dead-letter topic '" + topic + "'",
                e == null ? new IllegalStateException("no cause") : e);
    }

    private ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record, Map<String, String> further) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        new TreeMap<>(further).forEach((k, v) -> headers.add(k, v.getBytes(StandardCharsets.UTF_8)));
        return new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
    }

    private ConsumerRecord<byte[], byte[]> read(Partition partition, long offset) {
        KafkaConsumer<byte[], byte[]> from = consumer();
        TopicPartition kafkas = new TopicPartition(partition.topic(), partition.number());
        if (!from.assignment().contains(kafkas)) {
            from.assign(List.of(kafkas));
        }
        from.seek(kafkas, offset);
        long deadline = System.nanoTime() + askLimit.toNanos();
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
                if (record.offset() == offset) {
                    return record;
                }
            }
            if (from.position(kafkas, askLimit) > offset) {
                // whoever reads the topic now does not meet it any more
                throw new RetriableException("The record " + partition + '@' + offset + " is gone from its topic, and"
                        + " with it the need for a dead letter; Freshet reads on from there");
            }
        }
        throw new RetriableException("The record " + partition + '@' + offset + ", which is to go to the dead-letter"
                + " topic '" + topic + "', could not be read again within " + askLimit.toSeconds() + " s");
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        if (consumer.isEmpty()) {
            consumer = Optional.of(kafka.consumer(name, null));
        }
        return consumer.get();
    }

    private KafkaProducer<byte[], byte[]> producer() throws InterruptedException {
        if (producer.isEmpty()) {
            try (Admin admin = kafka.admin(name)) {
                new DeadLetterTopic(admin, topic, askLimit).require();
            }
            producer = Optional.of(kafka.producer(name));
        }
        return producer.get();
    }

    @Override
    public List<String> check() {
        try (Admin admin = kafka.admin(name)) {
            return new DeadLetterTopic(admin, topic, askLimit).check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("The check of the dead-letter topic '" + topic + "' was interrupted");
        }
    }

    @Override
    public void close() {
        try {
            consumer.ifPresent(c -> c.close(CloseOptions.timeout(CLOSE_LIMIT)));
        } finally {
            producer.ifPresent(KafkaProducer::close);
            consumer = Optional.empty();
            producer = Optional.empty();
        }
    }
}
