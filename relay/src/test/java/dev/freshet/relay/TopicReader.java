package dev.freshet.relay;

import dev.freshet.model.json.JsonReader;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a source's ledger and topics as any program could, committed records only. */
final class TopicReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicReader(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Returns all records of a topic that are to be seen now; the newest transaction's may not be yet. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<TopicPartition> partitions = assign(topic);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return readTo(ends);
    }

    /**
     * Returns the records of a topic below the offsets of a boundary. A committed transaction's markers may be written after
     * its commit has returned, so the topic's visible end may still lie before them.
     */
    List<ConsumerRecord<byte[], byte[]>> readTo(String topic, Cursor at) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        OffsetVector vector = at.boundary().offsets().get(topic);
        for (TopicPartition p : assign(topic)) {
            ends.put(p, vector.offset(p.partition()));
        }
        List<ConsumerRecord<byte[], byte[]>> records = readTo(ends);
        records.removeIf(r -> r.offset() >= vector.offset(r.partition()));
        return records;
    }

    private List<TopicPartition> assign(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo p : consumer.partitionsFor(topic)) {
            partitions.add(new TopicPartition(topic, p.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }

    private List<ConsumerRecord<byte[], byte[]>> readTo(Map<TopicPartition, Long> ends) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (ends.keySet().stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        return records;
    }

    /** Returns the newest cursor. */
    Cursor cursor(String ledger) {
        Cursor cursor = null;
        for (ConsumerRecord<byte[], byte[]> r : readAll(ledger)) {
            if (text(r.key()).equals(LedgerKey.CURSOR)) {
                cursor = LedgerCodec.decodeCursor(r.value());
            }
        }
        if (cursor == null) {
            throw new AssertionError("no cursor in " + ledger);
        }
        return cursor;
    }

    /** Returns the last value of each key, parsed, below the offsets of a boundary. */
    Map<Object, Object> state(String topic, Cursor at) {
        Map<Object, Object> state = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> r : readTo(topic, at)) {
            Object key = new JsonReader(r.key()).nextTree();
            if (r.value() == null) {
                state.remove(key);
            } else {
                state.put(key, new JsonReader(r.value()).nextTree());
            }
        }
        return state;
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
