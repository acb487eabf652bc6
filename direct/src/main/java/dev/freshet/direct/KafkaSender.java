package dev.freshet.direct;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes records, each once as far as Kafka's idempotent producer goes; one that has failed fatally is replaced. Belongs to the
 * loop's thread; answers come on it too.
 */
final class KafkaSender implements LanePorts.Records {
    private final KafkaClients clients;
    private final TopicProbe probe;
    private final EventLoop loop;
    private Optional<KafkaProducer<byte[], byte[]>> producer;

    /** What has become of a record. */
    interface Answer {
        /**
         * Called once a record is written, or not.
         *
         * @param written where it stands; null if it was not written
         * @param fault why it was not written; null if it was
         */
        void given(@Nullable RecordMetadata written, @Nullable Fault fault);
    }

    /** Creates it with its producer, so that wrong properties are told at once. */
    KafkaSender(KafkaClients clients, TopicProbe probe, EventLoop loop) {
        this.clients = clients;
        this.probe = probe;
        this.loop = loop;
        this.producer = Optional.of(clients.producer());
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, Answer answer) {
        try {
            if (producer.isEmpty()) {
                producer = Optional.of(clients.producer());
            }
            KafkaProducer<byte[], byte[]> by = producer.get();
            Future<RecordMetadata> unused = by.send(
                    record, (written, e) -> loop.execute(() -> answered(by, record.topic(), written, e, answer)));
        } catch (KafkaException | dev.freshet.model.ConfigurationException | IllegalStateException e) {
            KafkaProducer<byte[], byte[]> by = producer.orElse(null);
            loop.execute(() -> answered(by, record.topic(), null, e, answer));
        }
    }

    private void answered(
            @Nullable KafkaProducer<byte[], byte[]> by,
            String topic,
            @Nullable RecordMetadata written,
            @Nullable Exception e,
            Answer answer) {
        if (e == null) {
            probe.written(topic);
            answer.given(written, null);
            return;
        }
        boolean beforeSending = written == null || written.partition() < 0;
        if (beforeSending && (e instanceof TimeoutException || e instanceof UnknownTopicOrPartitionException)) {
            probe.ask(topic, fault -> answer.given(null, fault));
            return;
        }
        Fault fault = Fault.of(topic, e);
        if (fault.kind() == Fault.Kind.PRODUCER
                && by != null
                && producer.filter(p -> p == by).isPresent()) {
            abort();
        }
        answer.given(null, fault);
    }

    @Override
    public void abort() {
        producer.ifPresent(p -> p.close(Duration.ZERO));
        producer = Optional.empty();
    }
}
