package dev.freshet.faults;

import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The events of a topic, compared with those that the source has committed. */
final class ToldEvents {
    private static final int EXAMPLES = 5;
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Told> committed = new HashMap<>();
    private final Map<String, Integer> sent = new HashMap<>();
    private final Map<String, Long> last = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long doubled;
    private long disordered;
    private long foreign;

    private record Told(String key, long number) {}

    private ToldEvents() {}

    /**
     * Compares, once all that is committed was relayed.
     *
     * @param examples gets some of what is wrong in words
     */
    static FaultReport.Events compare(Connection source, String bootstrapServers, List<String> examples)
            throws SQLException {
        ToldEvents events = new ToldEvents();
        events.read(source);
        events.read(bootstrapServers);
        long lost = events.committed.keySet().stream()
                .filter(id -> !events.sent.containsKey(id))
                .peek(id -> events.example("event " + id + " of key " + events.committed.get(id) + " is in no topic"))
                .count();
        examples.addAll(events.examples);
        return new FaultReport.Events(
                events.committed.size(), lost, events.doubled + events.foreign, events.disordered);
    }

    private void read(Connection source) throws SQLException {
        try (Statement s = source.createStatement();
                ResultSet row = s.executeQuery("SELECT id, key, number FROM told")) {
            while (row.next()) {
                committed.put(row.getString(1), new Told(row.getString(2), row.getLong(3)));
            }
        }
    }

    private void read(String bootstrapServers) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "none");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(FaultSettings.TOLD_TOPIC).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(POLL).forEach(this::take);
            }
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        String id = new String(record.headers().lastHeader(RecordHeaders.ID).value(), StandardCharsets.UTF_8);
        Told told = committed.get(id);
        if (told == null) {
            foreign++;
            example("event " + id + " at " + record.partition() + '@' + record.offset() + " was never committed");
            return;
        }
        if (sent.merge(id, 1, Integer::sum) > 1) {
            doubled++;
            example("event " + id + " of " + told + " is there again at " + record.partition() + '@' + record.offset());
            return;
        }
        Long before = last.put(told.key(), told.number());
        if (before != null && before > told.number()) {
            disordered++;
            example("event " + id + " of " + told + " comes after number " + before);
        }
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }
}
