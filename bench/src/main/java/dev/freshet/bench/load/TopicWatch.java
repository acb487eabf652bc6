package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Watches what a contender writes to a topic with {@code LogAppendTime}.
 *
 * <p>While the contender works only the topic's ends are asked for, so as not to compete with it; then the records are
 * read ({@code read_committed}) and counted by their keys, and the broker's times of the first and the last one tell how
 * long it took. The times are those of the batches, to the millisecond. Not thread-safe.
 */
public final class TopicWatch implements AutoCloseable {
    private static final Duration STALL_LIMIT = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = 20_000_000;

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private List<TopicPartition> partitions = List.of();

    private TopicWatch(Admin admin, KafkaConsumer<byte[], byte[]> consumer, String topic) {
        this.admin = admin;
        this.consumer = consumer;
        this.topic = topic;
    }

    /** Creates a watch of a topic, which need not exist yet. */
    public static TopicWatch of(String bootstrapServers, String topic) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                10_000);
        return new TopicWatch(
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers)),
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                topic);
    }

    /** Returns the topic's present ends for readers of committed records, by partition; empty if it does not exist. */
    public Map<TopicPartition, Long> ends() {
        if (partitions.isEmpty()) {
            partitions = consumer.listTopics().getOrDefault(topic, List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
        }
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        try {
            admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        } catch (ExecutionException e) {
            throw new BenchException("The ends of topic " + topic + " cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while topic " + topic + " was watched", e);
        }
        return ends;
    }

    /**
     * Waits until the topic has grown.
     *
     * @param from its ends before
     * @param limit how long to wait
     * @param alive throws if the contender has failed
     * @return whether it has
     */
    public boolean grows(Map<TopicPartition, Long> from, Duration limit, Runnable alive) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (growth(from) == 0) {
            alive.run();
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    private long growth(Map<TopicPartition, Long> from) {
        long growth = 0;
        for (Map.Entry<TopicPartition, Long> end : ends().entrySet()) {
            growth += end.getValue() - from.getOrDefault(end.getKey(), 0L);
        }
        return growth;
    }

    /**
     * Waits until the rows of all ids from first to last are in the topic, and checks them.
     *
     * @param from where to begin, as {@link #ends} gave it before the work began; partitions not in it are read whole
     * @param inOrder whether a partition must hold the rows in the order of their ids
     * @param alive throws if the contender has failed
     * @throws BenchException if nothing comes for 120 s while rows are missing, or if a row is there twice or out of order
     */
    public Span await(Map<TopicPartition, Long> from, long first, long last, boolean inOrder, Runnable alive) {
        awaitEnds(from, last - first + 1, alive);
        Map<TopicPartition, Long> ends = ends();
        consumer.assign(ends.keySet());
        ends.keySet().forEach(p -> consumer.seek(p, from.getOrDefault(p, 0L)));
        Tally tally = new Tally(first, last, inOrder);
        long progress = System.nanoTime();
        while (!tally.complete()) {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) {
                tally.add(r);
                progress = System.nanoTime();
            }
            alive.run();
            requireProgress(progress, tally.seen());
        }
        return tally.span();
    }

    private void awaitEnds(Map<TopicPartition, Long> from, long rows, Runnable alive) {
        long progress = System.nanoTime();
        long seen = 0;
        while (seen < rows) {
            alive.run();
            LockSupport.parkNanos(PAUSE_NANOS);
            long now = growth(from);
            if (now > seen) {
                progress = System.nanoTime();
                seen = now;
            }
            requireProgress(progress, seen);
        }
    }

    private void requireProgress(long progress, long seen) {
        if (System.nanoTime() - progress > STALL_LIMIT.toNanos()) {
            throw new BenchException("Nothing more came to topic " + topic + " for " + STALL_LIMIT.toSeconds()
                    + " s after " + seen + " records, while rows are missing");
        }
    }

    /** Returns the id in a key such as {@code {"id":42}}: the digits in it. */
    public static long id(byte[] key) {
        long id = 0;
        for (byte b : key) {
            if (b >= '0' && b <= '9') {
                id = id * 10 + (b - '0');
            }
        }
        return id;
    }

    @Override
    public void close() {
        admin.close();
        consumer.close();
    }

    /** The rows that were found. */
    private static final class Tally {
        private final long first;
        private final long last;
        private final boolean inOrder;
        private final BitSet seen = new BitSet();
        private final Map<Integer, Long> highest = new HashMap<>();
        private long rows;
        private long firstMillis = Long.MAX_VALUE;
        private long lastMillis;

        Tally(long first, long last, boolean inOrder) {
            this.first = first;
            this.last = last;
            this.inOrder = inOrder;
        }

        void add(ConsumerRecord<byte[], byte[]> r) {
            long id = id(r.key());
            if (id < first || id > last) {
                return;
            }
            if (seen.get((int) (id - first))) {
                throw new BenchException("Topic " + r.topic() + " holds the row of id " + id
                        + " twice, the second time at offset " + r.offset() + " of partition " + r.partition()
                        + " with the headers " + texts(r.headers()));
            }
            Long before = highest.put(r.partition(), id);
            if (inOrder && before != null && before > id) {
                throw new BenchException("Topic " + r.topic() + " is out of order: id " + id + " at offset "
                        + r.offset() + " of partition " + r.partition() + " stands behind id " + before);
            }
            seen.set((int) (id - first));
            rows++;
            firstMillis = Math.min(firstMillis, r.timestamp());
            lastMillis = Math.max(lastMillis, r.timestamp());
        }

        private static String texts(Headers headers) {
            return Stream.of(headers.toArray())
                    .map(h -> h.key() + '=' + (h.value() == null ? "" : new String(h.value(), StandardCharsets.UTF_8)))
                    .collect(Collectors.joining(", "));
        }

        long seen() {
            return rows;
        }

        boolean complete() {
            return rows == last - first + 1;
        }

        Span span() {
            return new Span(Instant.ofEpochMilli(firstMillis), Instant.ofEpochMilli(lastMillis), rows);
        }
    }
}
