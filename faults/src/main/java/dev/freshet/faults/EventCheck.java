package dev.freshet.faults;

import dev.freshet.faults.ToldEvents.Place;
import dev.freshet.faults.ToldEvents.Told;
import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The events in the topics and among the dead letters, compared with those that were committed and what their ways promise. */
final class EventCheck {
    private static final int EXAMPLES = 5;
    private static final Duration POLL = Duration.ofMillis(200);

    private final Set<String> letterTopics = topics(FaultSettings::letters);
    private final ToldEvents events;
    private final Set<UUID> missing = new HashSet<>();
    private final Set<UUID> seen = new HashSet<>();
    private final Map<Order, Long> last = new HashMap<>();
    private final Map<Way, Counts> counts = new EnumMap<>(Way.class);
    private final List<String> examples = new ArrayList<>();

    /** Within which numbers grow: a key in a topic, and by {@link Way#DIRECT} a process. */
    private record Order(String key, Place place, int life) {}

    private static final class Counts {
        private long committed;
        private long lost;
        private long doubled;
        private long disordered;
        private long uncommitted;
        private long letters;
        private long diedWith;
    }

    private EventCheck(ToldEvents events) {
        this.events = events;
        for (Way way : Way.values()) {
            counts.put(way, new Counts());
        }
    }

    /**
     * Compares, once all that publishes has stopped.
     *
     * @param limit how long it may take until all events are where they must be
     * @param examples gets some of what is wrong in words
     */
    static List<WayEvents> compare(FaultWorld world, Duration limit, List<String> examples) throws SQLException {
        EventCheck check = new EventCheck(ToldEvents.read(world));
        check.expect();
        check.readTopics(world.bootstrapServers(), limit);
        check.countMissing();
        examples.addAll(check.examples);
        return Stream.of(Way.values()).map(check::events).toList();
    }

    private WayEvents events(Way way) {
        Counts c = counts(way);
        return new WayEvents(way, c.committed, c.lost, c.doubled, c.disordered, c.uncommitted, c.letters, c.diedWith);
    }

    private Counts counts(Way way) {
        return Objects.requireNonNull(counts.get(way));
    }

    private static Set<String> topics(Function<Way, String> topic) {
        return Stream.of(Way.values()).map(topic).collect(Collectors.toSet());
    }

    private void expect() {
        events.byId().forEach((id, told) -> {
            counts(told.way()).committed++;
            if (told.failed()) {
                // where there is a table for what Kafka does not take, no stage may fail
                counts(told.way()).lost++;
                example("event " + id + " of " + told + " was refused after its commit");
            } else if (told.place() != Place.NOWHERE) {
                missing.add(id);
            }
        });
    }

    private void readTopics(String bootstrapServers, Duration limit) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "none");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Stream.concat(
                            topics(FaultSettings::topic).stream(), letterTopics.stream())
                    .flatMap(t -> consumer.partitionsFor(t).stream())
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + limit.toNanos();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (isBefore(consumer, ends) || !missing.isEmpty()) {
                if (!isBefore(consumer, ends)) {
                    if (System.nanoTime() - deadline > 0) {
                        return;
                    }
                    ends = consumer.endOffsets(partitions);
                }
                consumer.poll(POLL).forEach(this::take);
            }
        }
    }

    private static boolean isBefore(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue());
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        UUID id = UUID.fromString(
                new String(record.headers().lastHeader(RecordHeaders.ID).value(), StandardCharsets.UTF_8));
        Place place = letterTopics.contains(record.topic()) ? Place.LETTERS : Place.TOPIC;
        String where = record.topic() + '-' + record.partition() + '@' + record.offset();
        Told told = events.byId().get(id);
        if (told == null) {
            counts(Way.ofKey(record.key())).uncommitted++;
            example("event " + id + " of key " + record.key() + " at " + where + " was never committed");
            return;
        }
        Counts of = counts(told.way());
        if (!seen.add(id)) {
            of.doubled++;
            if (told.way().isOnce()) {
                example("event " + id + " of " + told + " is there again at " + where);
            }
        } else {
            takeFirst(told, of, place, "event " + id + " of " + told + " at " + where);
        }
        if (told.place().allows(place)) {
            missing.remove(id);
        }
    }

    private void takeFirst(Told told, Counts of, Place place, String text) {
        of.letters += place == Place.LETTERS ? 1 : 0;
        if (told.way().isOnce() && !told.place().allows(place)) {
            of.disordered++;
            example(text + " is not where it belongs");
            return;
        }
        Order order = new Order(told.key(), place, told.way().isOnce() ? 0 : told.life());
        Long before = last.put(order, told.number());
        if (before != null && before > told.number()) {
            of.disordered++;
            example(text + " comes after number " + before);
        }
    }

    private void countMissing() {
        for (UUID id : missing) {
            Told told = Objects.requireNonNull(events.byId().get(id));
            counts(told.way()).lost++;
            example("event " + id + " of " + told + " is in no topic, or not in the right one");
        }
        events.byId().forEach((id, told) -> {
            if (told.place() == Place.NOWHERE && !seen.contains(id)) {
                counts(told.way()).diedWith++;
            }
        });
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }
}
