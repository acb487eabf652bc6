package dev.freshet.relay;

import dev.freshet.model.json.JsonReader;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
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

    /** Returns all records of a topic up to its present end. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo p : consumer.partitionsFor(topic)) {
            partitions.add(new TopicPartition(topic, p.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
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
        for (ConsumerRecord<byte[], byte[]> r : readAll(topic)) {
            if (r.offset() >= at.boundary().offsets().get(topic).offset(r.partition())) {
                continue;
            }
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
