package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.Names;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/** A service's surroundings: Kafka, a source with the stream {@code orders}, and what a test looks at. */
final class World implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(40);

    final String source;
    final String topic;
    final String letters;
    private final String bootstrapServers;
    private final Admin admin;

    World(String bootstrapServers, String source) {
        this.bootstrapServers = bootstrapServers;
        this.source = source;
        this.topic = source + ".orders";
        this.letters = Names.deadLetters(source);
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    World makeTopic(Map<String, String> settings) throws Exception {
        makeTopic(topic, settings);
        return this;
    }

    void makeTopic(String name, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 2, (short) 1).configs(settings)))
                .all()
                .get();
    }

    /** A publisher that notices a dead Kafka soon. */
    DirectPublisher.Builder publisher() {
        return DirectPublisher.builder(kafka()).source(source).stream("orders", topic);
    }

    Map<String, String> kafka() {
        Map<String, String> kafka = new HashMap<>();
        kafka.put("bootstrap.servers", bootstrapServers);
        kafka.put("delivery.timeout.ms", "1500");
        kafka.put("request.timeout.ms", "1000");
        return kafka;
    }

    static Event order(String key, String value) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(value.getBytes(StandardCharsets.UTF_8), "text/plain")
                .build();
    }

    static Outcome outcome(CompletionStage<Outcome> stage) throws Exception {
        return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns why a stage has failed. */
    static Throwable failure(CompletionStage<Outcome> stage) throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("it is " + stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    static void assertOutcomes(Outcome expected, List<CompletionStage<Outcome>> stages) throws Exception {
        for (int i = 0; i < stages.size(); i++) {
            assertEquals(expected, outcome(stages.get(i)), "event " + i);
        }
    }

    static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    /** Returns the values of a key in the topic, in their order. */
    List<String> values(String key) {
        return records(topic).stream()
                .filter(r -> key.equals(text(r.key())))
                .map(r -> text(r.value()))
                .toList();
    }

    /** Returns all records of a topic, each partition's in their order. */
    List<ConsumerRecord<byte[], byte[]>> records(String name) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(p -> new TopicPartition(name, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** Writes records as an operator's tool would. */
    void write(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    Admin admin() {
        return admin;
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : text(header.value());
    }

    /** Makes the table of undelivered events, and returns how to reach it. */
    static DataSource table(TestDatabase database) throws Exception {
        String migration = DirectPublisher.migration(Dialect.POSTGRESQL);
        try (InputStream file = World.class.getClassLoader().getResourceAsStream(migration)) {
            database.execute(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        return dataSource(database.jdbcUrl(), database.user(), database.password());
    }

    static DataSource dataSource(String url, String user, String password) {
        PGSimpleDataSource all = new PGSimpleDataSource();
        all.setUrl(url);
        all.setUser(user);
        all.setPassword(password);
        return all;
    }

    @Override
    public void close() {
        admin.close();
    }
}
