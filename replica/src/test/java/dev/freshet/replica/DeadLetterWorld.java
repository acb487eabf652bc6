package dev.freshet.replica;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.agent.Readers;
import dev.freshet.stream.DeadLetter;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Tests of replicas with a dead-letter topic; the copy's table refuses names of more than ten characters and n above 99. */
abstract class DeadLetterWorld extends InReplicaWorld {
    static final String TOO_LONG = "much too long for it";

    @BeforeEach
    final void makeTable() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text CONSTRAINT short CHECK (length(name) < 11),"
                        + " n integer CONSTRAINT small CHECK (n < 100))");
    }

    String deadTopic() {
        return world.relay.source + ".dead";
    }

    ReplicaConfig.Builder config() {
        return world.config().deadLetterTopic(deadTopic());
    }

    /** Sends a row of which the oracle knows nothing, as the table refuses it. */
    Position refused(long id, String name, int n) {
        return world.relay.put("t", Op.UPDATE, ReplicaWorld.key(id), row(id, name, n));
    }

    static String row(long id, String name, int n) {
        return "{\"id\":" + id + ",\"name\":\"" + name + "\",\"n\":" + n + "}";
    }

    static void awaitParked(ReplicaWorld world, String keys) {
        ReplicaWorld.await()
                .ignoreExceptions()
                .untilAsserted(() -> org.junit.jupiter.api.Assertions.assertEquals(
                        keys,
                        world.one("SELECT string_agg(convert_from(key, 'UTF8'), ' ' ORDER BY key) FROM"
                                + " freshet.replica_parked")));
    }

    String freshness() throws Exception {
        return world.one("SELECT complete, position IS NULL, reason FROM freshet.freshness");
    }

    /** Returns the letters that the topic has, read as any program would. */
    List<ConsumerRecord<String, @Nullable String>> letters() {
        Map<String, Object> properties = Map.of("bootstrap.servers", world.kafka.bootstrapServers());
        try (KafkaConsumer<String, @Nullable String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(deadTopic()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<ConsumerRecord<String, @Nullable String>> found = new ArrayList<>();
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(50)).forEach(found::add);
            }
            return found;
        }
    }

    /** Returns the names of all topics. */
    Set<String> topics() {
        Map<String, Object> properties = Map.of("bootstrap.servers", world.kafka.bootstrapServers());
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            return consumer.listTopics().keySet();
        }
    }

    static String header(ConsumerRecord<?, ?> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Starts a replica at which something happens before and after each sending of letters. */
    Replica start(ReplicaConfig config, Consumer<List<DeadLetter>> before, Consumer<List<DeadLetter>> after) {
        KafkaReaders real = new KafkaReaders(config, Clock.systemUTC());
        Replica replica = Replica.start(
                config,
                new Readers() {
                    @Override
                    public StreamReader inGroup() {
                        return real.inGroup();
                    }

                    @Override
                    public StreamReader alone() {
                        return real.alone();
                    }

                    @Override
                    public LedgerReader ledger(String ledger, Set<String> topics) {
                        return real.ledger(ledger, topics);
                    }

                    @Override
                    public DeadLetters deadLetters(String topic) {
                        return new Watched(real.deadLetters(topic), before, after);
                    }

                    @Override
                    public StreamLocation locate(String topic, @Nullable String ledger) throws InterruptedException {
                        return real.locate(topic, ledger);
                    }
                },
                Clock.systemUTC());
        world.closes(replica);
        return replica;
    }

    private record Watched(DeadLetters real, Consumer<List<DeadLetter>> before, Consumer<List<DeadLetter>> after)
            implements DeadLetters {
        @Override
        public void send(List<DeadLetter> letters) throws InterruptedException {
            before.accept(letters);
            real.send(letters);
            after.accept(letters);
        }

        @Override
        public List<String> check() {
            return real.check();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
