package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads a dead-letter topic from the brokers. Belongs to one thread. */
public final class LetterReader implements ReadableLetters {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final String topic;
    private final InstantSource clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Ahead ahead = new Ahead();
    private final LetterCollector found;
    private final Map<TopicPartition, Long> readTo = new HashMap<>();

    private LetterReader(String topic, InstantSource clock, KafkaConsumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.clock = clock;
        this.consumer = consumer;
        this.found = new LetterCollector(topic);
    }

    /**
     * Opens a topic; nothing is asked of the brokers yet.
     *
     * @param kafka properties of every client, with {@code bootstrap.servers}
     * @param clock tells how long the brokers have given nothing
     */
    public static LetterReader open(String topic, Map<String, String> kafka, InstantSource clock) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20));
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-letters-" + topic);
        return new LetterReader(
                topic, clock, new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Override
    public WaitingLetters waiting() {
        return asked(() -> {
            List<TopicPartition> partitions = partitions();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.beginningOffsets(partitions).forEach((partition, first) -> {
                consumer.seek(partition, Math.max(first, readTo.getOrDefault(partition, 0L)));
                found.forgetBelow(partition.partition(), first);
            });
            readTo(ends, record -> found.take(letter(record)));
            readTo.putAll(ends);
            return found.waiting();
        });
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
        List<Letter.Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Letter.Header(header.key(), header.value())));
        return Letter.of(
                new LetterPlace(record.partition(), record.offset()),
                Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                headers);
    }

    @Override
    public void read(Collection<LetterHead> heads, Consumer<Letter> each) {
        asked(() -> {
            consumer.assign(partitions());
            consumer.pause(consumer.assignment());
            for (LetterHead head : heads) {
                each.accept(letter(find(head.place())));
            }
            return heads;
        });
    }

    /** Seeks only where the next letter is not the next record, so that the client's fetches serve many. */
    private ConsumerRecord<byte[], byte[]> find(LetterPlace place) {
        ConsumerRecord<byte[], byte[]> next = ahead.take(place);
        return next == null ? fetch(place) : next;
    }

    private ConsumerRecord<byte[], byte[]> fetch(LetterPlace place) {
        TopicPartition partition = new TopicPartition(topic, place.partition());
        consumer.pause(consumer.assignment());
        consumer.resume(List.of(partition));
        consumer.seek(partition, place.offset());
        Stillness stillness = new Stillness();
        while (true) {
            ahead.fill(consumer.poll(POLL).records(partition));
            ConsumerRecord<byte[], byte[]> found = ahead.take(place);
            if (found != null) {
                return found;
            }
            if (consumer.position(partition) > place.offset()) {
                throw new RetriableException("The letter " + place + " is gone from topic '" + topic
                        + "' meanwhile. List the letters again");
            }
            stillness.require(false);
        }
    }

    /** What was fetched behind a letter. */
    private static final class Ahead {
        private List<ConsumerRecord<byte[], byte[]>> records = List.of();
        private int next;

        void fill(List<ConsumerRecord<byte[], byte[]>> fetched) {
            records = fetched;
            next = 0;
        }

        @Nullable
        ConsumerRecord<byte[], byte[]> take(LetterPlace place) {
            while (next < records.size()) {
                ConsumerRecord<byte[], byte[]> record = records.get(next);
                if (record.partition() != place.partition() || record.offset() > place.offset()) {
                    return null;
                }
                next++;
                if (record.offset() == place.offset()) {
                    return record;
                }
            }
            return null;
        }
    }

    private List<TopicPartition> partitions() {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw new NoLettersException(topic);
        }
        List<TopicPartition> partitions = new ArrayList<>();
        found.forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        return partitions;
    }

    private void readTo(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Stillness stillness = new Stillness();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            boolean moved = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                moved = true;
                TopicPartition at = new TopicPartition(topic, record.partition());
                if (record.offset() < Objects.requireNonNull(ends.get(at))) {
                    each.accept(record);
                }
            }
            stillness.require(moved);
        }
    }

    /** How long nothing has come. */
    private final class Stillness {
        private Instant since = clock.instant();

        void require(boolean moved) {
            Instant now = clock.instant();
            if (moved) {
                since = now;
            } else if (now.isAfter(since.plus(PATIENCE))) {
                throw new RetriableException(
                        "Topic '" + topic + "' gave no records for " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    private interface Work<T> {
        T run();
    }

    private <T> T asked(Work<T> work) {
        try {
            return work.run();
        } catch (InterruptException e) {
            throw new RetriableException("Interrupted while reading topic '" + topic + "'", e);
        } catch (AuthorizationException e) {
            throw new ConfigurationException(
                    "Topic '" + topic + "' may not be read: grant READ and DESCRIBE on it (" + e.getMessage() + ")", e);
        } catch (KafkaException e) {
            throw new RetriableException("Kafka failed at reading topic '" + topic + "': " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
    }
}
