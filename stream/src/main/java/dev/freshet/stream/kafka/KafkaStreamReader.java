package dev.freshet.stream.kafka;

import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.stream.AssignmentListener;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import dev.freshet.stream.TopicAnswers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * {@link StreamReader} on Kafka's consumer.
 *
 * <p>A partition that has come is paused until the listener has told where to start, outside Kafka's callback: a failure
 * there (a database that is away) comes out of {@link #poll} and is tried again by the next one, while the membership and
 * all other partitions stay as they are.
 */
public final class KafkaStreamReader implements StreamReader {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicQueries topics;
    private final Duration askLimit;
    private final RecordParser parser = new RecordParser();
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final Map<Partition, Long> at = new HashMap<>();
    private final Set<Partition> unstarted = new TreeSet<>();
    private final Set<Partition> paused = new HashSet<>();
    private @Nullable AssignmentListener listener;
    private @Nullable RuntimeException listenerFailure;
    private boolean woken;

    private KafkaStreamReader(KafkaConsumer<byte[], byte[]> consumer, TopicQueries topics, Duration askLimit) {
        this.consumer = consumer;
        this.topics = topics;
        this.askLimit = askLimit;
    }

    /**
     * Creates a reader. Nothing is asked of the brokers yet.
     *
     * @param kafka how to reach Kafka
     * @param name a short name for the clients, such as the replica's
     * @param group the consumer group; null for a reader that is only used with {@link #assign}
     * @param askLimit how long a question to the brokers may take, such as 10 s
     * @throws dev.freshet.model.ConfigurationException if the properties contradict the protocol or are not accepted
     */
    public static KafkaStreamReader create(
            KafkaConnection kafka, String name, @Nullable String group, Duration askLimit) {
        KafkaConsumer<byte[], byte[]> consumer = kafka.consumer(name, group);
        try {
            return new KafkaStreamReader(consumer, new TopicQueries(kafka.admin(name), askLimit), askLimit);
        } catch (RuntimeException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
    }

    @Override
    public void subscribe(Set<String> wanted, AssignmentListener told) {
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("There is no topic to subscribe to");
        }
        listener = told;
        consumer.subscribe(wanted, new Rebalances());
    }

    @Override
    public void assign(Map<Partition, Long> starts) {
        consumer.assign(kafka(starts.keySet()));
        at.clear();
        paused.clear();
        starts.forEach(this::seek);
    }

    @Override
    public StreamBatch poll(Duration wait) throws InterruptedException {
        RuntimeException failure = startOrFail();
        Duration patience = woken || failure != null ? Duration.ZERO : wait;
        woken = false;
        ConsumerRecords<byte[], byte[]> got;
        try {
            got = consumer.poll(patience);
        } catch (WakeupException e) {
            return StreamBatch.EMPTY;
        } catch (InterruptException e) {
            Thread.interrupted(); // Kafka has set the flag again; the checked exception takes its place
            throw interrupted(e);
        } catch (OffsetOutOfRangeException e) {
            throw lost(e);
        } catch (RuntimeException e) {
            throw KafkaFaults.translate("reading " + at.keySet(), e);
        }
        if (failure == null) {
            failure = listenerFailure == null ? startOrFail() : listenerFailure;
        }
        if (failure != null) {
            listenerFailure = null;
            rewind(got);
            throw failure;
        }
        return batch(got);
    }

    /** Tries to start what has come; a failure is told only after Kafka was polled, which keeps the membership. */
    private @Nullable RuntimeException startOrFail() {
        try {
            start();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static InterruptedException interrupted(InterruptException e) {
        InterruptedException checked = new InterruptedException("Interrupted while reading from Kafka");
        checked.initCause(e);
        return checked;
    }

    /** Asks the listener where the partitions begin that have come. */
    private void start() {
        if (unstarted.isEmpty() || listener == null) {
            return;
        }
        Set<Partition> fresh = Set.copyOf(unstarted);
        Map<Partition, Long> starts = listener.assigned(fresh);
        for (Partition partition : fresh) {
            Long offset = starts.get(partition);
            if (offset == null) {
                // it stays paused, as it came, until it is sought and resumed
                unstarted.remove(partition);
                paused.add(partition);
                continue;
            }
            TopicPartition kafka = kafka(partition);
            consumer.seek(kafka, offset);
            at.put(partition, offset);
            unstarted.remove(partition);
            if (!paused.contains(partition)) {
                consumer.resume(List.of(kafka));
            }
        }
    }

    private StreamBatch batch(ConsumerRecords<byte[], byte[]> got) {
        List<StreamRecord> records = new ArrayList<>(got.count());
        Map<Partition, Long> moved = new HashMap<>();
        for (TopicPartition kafka : got.partitions()) {
            Partition partition = ours(kafka);
            int before = records.size();
            try {
                for (ConsumerRecord<byte[], byte[]> record : got.records(kafka)) {
                    records.add(parser.parse(partition, record));
                }
            } catch (ForeignRecordException e) {
                if (records.size() == before) {
                    rewind(got);
                    throw e;
                }
                // first what stands before it; in the next poll it comes first, and throws
                long next = records.get(records.size() - 1).offset() + 1;
                consumer.seek(kafka, next);
                moved.put(partition, next);
            }
        }
        got.nextOffsets().forEach((kafka, next) -> moved.putIfAbsent(ours(kafka), next.offset()));
        at.putAll(moved);
        return new StreamBatch(records, moved);
    }

    /** Goes back to where the last batch ended, so that what was polled comes again. */
    private void rewind(ConsumerRecords<byte[], byte[]> got) {
        for (TopicPartition kafka : got.nextOffsets().keySet()) {
            Long offset = at.get(ours(kafka));
            if (offset != null) {
                consumer.seek(kafka, offset);
            }
        }
    }

    private MissingRecordsException lost(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> stood = e.offsetOutOfRangePartitions();
        Set<TopicPartition> which = stood.keySet();
        Map<TopicPartition, Long> begins =
                ask("asking where " + which + " begin", () -> consumer.beginningOffsets(which, askLimit));
        Map<TopicPartition, Long> ends =
                ask("asking where " + which + " end", () -> consumer.endOffsets(which, askLimit));
        return new MissingRecordsException(
                which.stream().map(this::ours).collect(Collectors.toSet()),
                MissingRecords.describe(stood, begins, ends),
                e);
    }

    @Override
    public Set<Partition> assignment() {
        return Set.copyOf(at.keySet());
    }

    @Override
    public long position(Partition partition) {
        return require(partition);
    }

    private long require(Partition partition) {
        Long offset = at.get(partition);
        if (offset == null) {
            throw new IllegalStateException("Partition " + partition + " is not assigned to this reader");
        }
        return offset;
    }

    @Override
    public void seek(Partition partition, long offset) {
        TopicPartition kafka = kafka(partition);
        consumer.seek(kafka, offset);
        at.put(partition, offset);
    }

    @Override
    public void pause(Collection<Partition> which) {
        for (Partition partition : which) {
            if (at.containsKey(partition)) {
                paused.add(partition);
                consumer.pause(List.of(kafka(partition)));
            }
        }
    }

    @Override
    public void resume(Collection<Partition> which) {
        for (Partition partition : which) {
            if (paused.remove(partition) && at.containsKey(partition)) {
                consumer.resume(List.of(kafka(partition)));
            }
        }
    }

    @Override
    public Map<String, OffsetVector> endOffsets(Set<String> wanted) {
        List<TopicPartition> all = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (String topic : wanted) {
            String what = "asking for the partitions of topic '" + topic + "'";
            List<PartitionInfo> infos = ask(what, () -> consumer.partitionsFor(topic, askLimit));
            counts.put(topic, infos.size());
            infos.forEach(info -> all.add(new TopicPartition(topic, info.partition())));
        }
        Map<TopicPartition, Long> ends = topics.ends(all);
        Map<String, OffsetVector> vectors = new HashMap<>();
        counts.forEach((topic, count) -> {
            long[] offsets = new long[count];
            for (int p = 0; p < count; p++) {
                offsets[p] = Objects.requireNonNull(ends.get(new TopicPartition(topic, p)));
            }
            vectors.put(topic, OffsetVector.of(offsets));
        });
        return vectors;
    }

    @Override
    public TopicAnswers describe(Set<String> wanted, Set<String> others) {
        return topics.describe(wanted, others);
    }

    /** Asks; a wake-up that comes meanwhile is kept for the next poll. */
    private <T> T ask(String what, Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (WakeupException e) {
                woken = true;
            } catch (RuntimeException e) {
                throw KafkaFaults.translate(what, e);
            }
        }
    }

    @Override
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        try {
            consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        } finally {
            topics.close();
        }
        if (listenerFailure != null) {
            throw listenerFailure;
        }
    }

    private Partition ours(TopicPartition kafka) {
        return partitions.computeIfAbsent(kafka, k -> new Partition(k.topic(), k.partition()));
    }

    private static TopicPartition kafka(Partition partition) {
        return new TopicPartition(partition.topic(), partition.number());
    }

    private static List<TopicPartition> kafka(Collection<Partition> partitions) {
        return partitions.stream().map(KafkaStreamReader::kafka).toList();
    }

    /** Called by Kafka inside {@code consumer.poll} and {@code consumer.close}. */
    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> came) {
            for (TopicPartition kafka : came) {
                // a position, so that Kafka looks for no committed one; nothing is read from it
                consumer.seek(kafka, 0);
                unstarted.add(ours(kafka));
            }
            consumer.pause(came);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> went) {
            gone(went, true);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> went) {
            gone(went, false);
        }

        private void gone(Collection<TopicPartition> went, boolean stillOurs) {
            Set<Partition> known = new TreeSet<>();
            for (TopicPartition kafka : went) {
                Partition partition = ours(kafka);
                if (!unstarted.remove(partition)) {
                    known.add(partition);
                }
            }
            try {
                if (listener != null && !known.isEmpty()) {
                    if (stillOurs) {
                        listener.revoked(known);
                    } else {
                        listener.lost(known);
                    }
                }
            } catch (RuntimeException e) {
                listenerFailure = e;
            } finally {
                known.forEach(at::remove);
                known.forEach(paused::remove);
            }
        }
    }
}
