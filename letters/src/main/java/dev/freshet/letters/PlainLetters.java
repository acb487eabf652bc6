package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.RetriableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The letters of who has no ledger: a publisher without a relay, or a replica. Each batch is one Kafka transaction, of which two
 * at a time on one topic fence one another.
 */
public final class PlainLetters implements Letters {
    private static final int BATCH = 500;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final String topic;
    private final Map<String, String> kafka;
    private final InstantSource clock;

    /**
     * Creates it; nothing is asked of the brokers yet.
     *
     * @param topic the topic of the letters
     * @param kafka properties of every client, with {@code bootstrap.servers}
     */
    public PlainLetters(String topic, Map<String, String> kafka, InstantSource clock) {
        this.topic = topic;
        this.kafka = Map.copyOf(kafka);
        this.clock = clock;
    }

    @Override
    public int redrive(LetterFilter filter, IntConsumer progress) {
        return with((reader, batch) -> {
            List<LetterHead> chosen = Choice.toSend(reader.waiting(), filter);
            reader.read(chosen, letter -> {
                batch.send(redriven(letter));
                batch.resolve(letter.head(), Resolution.REDRIVEN);
                batch.commitIfFull(progress);
            });
            return batch.end(progress);
        });
    }

    private static ProducerRecord<byte[], byte[]> redriven(Letter letter) {
        LetterHead head = letter.head();
        String to = letter.header(DeadLetterHeaders.TOPIC);
        String replica = letter.header(DeadLetterHeaders.REPLICA);
        if (replica != null) {
            throw new ConfigurationException("The letter " + head.place() + " is a record that stands in topic '" + to
                    + "' and that replica '" + replica + "' could not take (" + head.reason()
                    + "): it is not sent again. Mend the copy's table, or change the row at the source, whose next record mends"
                    + " its key; then discard the letter");
        }
        if (letter.header(RecordHeaders.POSITION) != null) {
            throw new ConfigurationException(
                    "The letter " + head.place() + " is one of a relay's, which alone may send it again, at"
                            + " a position of its ledger: use the file that names its source, and --of");
        }
        if (to == null) {
            throw new ConfigurationException("The letter " + head.place()
                    + " does not tell which topic it is for (header "
                    + DeadLetterHeaders.TOPIC + "): give it one (freshet dlq edit " + head.place() + " --header "
                    + DeadLetterHeaders.TOPIC + "=TOPIC), or discard it");
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(to, null, letter.key(), letter.value());
        LetterEvents.plainHeaders(letter).forEach(record.headers()::add);
        return record;
    }

    @Override
    public int discard(LetterFilter filter, IntConsumer progress) {
        return with((reader, batch) -> {
            for (LetterHead head : reader.waiting().select(filter).selected()) {
                batch.resolve(head, Resolution.DISCARDED);
                batch.commitIfFull(progress);
            }
            return batch.end(progress);
        });
    }

    @Override
    public void replace(String placeOrId, LetterChange change) {
        with((reader, batch) -> {
            LetterHead head = Choice.one(reader.waiting(), placeOrId, topic);
            reader.read(List.of(head), letter -> {
                batch.send(changed(letter, change));
                batch.resolve(head, Resolution.REPLACED);
            });
            return batch.end(n -> {});
        });
    }

    private ProducerRecord<byte[], byte[]> changed(Letter letter, LetterChange change) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                null,
                change.key().map(PlainLetters::bytes).orElse(letter.key()),
                change.payload().orElse(letter.value()));
        letter.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        Map<String, String> set = new HashMap<>(LetterEvents.editedHeaders(letter));
        set.putAll(change.headers());
        set.put(DeadLetterHeaders.REPLACES, letter.head().origin().toString());
        change.stream().ifPresent(stream -> set.put(DeadLetterHeaders.STREAM, stream));
        change.type().ifPresent(type -> set.put(RecordHeaders.TYPE, type));
        change.contentType().ifPresent(type -> set.put(RecordHeaders.CONTENT_TYPE, type));
        set.forEach((name, value) -> record.headers().remove(name).add(name, bytes(value)));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Work {
        int on(LetterReader reader, Batch batch);
    }

    private int with(Work work) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "freshet.letters." + topic);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "freshet-letters-" + topic);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(64 << 20));
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(128 << 20));
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try (LetterReader reader = LetterReader.open(topic, kafka, clock)) {
            producer.initTransactions();
            return work.on(reader, new Batch(producer));
        } catch (KafkaException e) {
            throw new RetriableException(
                    "Kafka failed at writing what became of letters of topic '" + topic + "': " + e.getMessage()
                            + ". Call it again: each batch is written as a whole, or not at all",
                    e);
        } finally {
            producer.close(CLOSE_LIMIT);
        }
    }

    /** Letters that are dealt with in one transaction. */
    private final class Batch {
        private final KafkaProducer<byte[], byte[]> producer;
        private final List<Future<RecordMetadata>> open = new ArrayList<>();
        private int done;

        Batch(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        void send(ProducerRecord<byte[], byte[]> record) {
            if (open.isEmpty()) {
                producer.beginTransaction();
            }
            open.add(producer.send(record));
        }

        void resolve(LetterHead head, Resolution resolution) {
            byte[] key = head.key() == null ? null : head.key().array();
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, null, key, resolution.payload(head.place()));
            Map<String, String> headers = new HashMap<>(resolution.headers(head.place()));
            headers.put(RecordHeaders.CONTENT_TYPE, "application/json");
            headers.forEach((name, value) -> record.headers().add(name, bytes(value)));
            send(record);
            done++;
        }

        void commitIfFull(IntConsumer progress) {
            if (open.size() >= BATCH) {
                commit(progress);
            }
        }

        int end(IntConsumer progress) {
            commit(progress);
            return done;
        }

        private void require(Future<RecordMetadata> sent) {
            try {
                sent.get();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e);
            }
        }

        private void commit(IntConsumer progress) {
            if (!open.isEmpty()) {
                open.forEach(this::require);
                producer.commitTransaction();
                open.clear();
            }
            progress.accept(done);
        }
    }
}
