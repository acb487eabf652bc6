package dev.freshet.letters;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A dead-letter topic on a real broker. */
@OnServers
abstract class LetterTopic {
    Map<String, String> kafka;
    String topic;
    KafkaProducer<byte[], byte[]> producer;
    LetterReader reader;

    @BeforeEach
    void open(EmbeddedKafka server, TopicPrefix prefix) throws Exception {
        kafka = Map.of("bootstrap.servers", server.bootstrapServers());
        topic = prefix.name("letters");
        try (Admin admin = Admin.create(new HashMap<String, Object>(kafka))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        }
        producer = new KafkaProducer<>(
                new HashMap<String, Object>(kafka), new ByteArraySerializer(), new ByteArraySerializer());
        reader = LetterReader.open(topic, kafka, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        producer.close();
        reader.close();
    }

    LetterPlace send(int partition, @Nullable String key, String value, Map<String, String> headers) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, key == null ? null : bytes(key), bytes(value));
        headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
        return new LetterPlace(partition, producer.send(record).get().offset());
    }

    LetterPlace letter(String key, String value) throws Exception {
        return send(0, key, value, letterHeaders("too-large"));
    }

    static Map<String, String> letterHeaders(String error) {
        return Map.of(
                RecordHeaders.ID, "id-" + error,
                RecordHeaders.TYPE, "order-placed",
                DeadLetterHeaders.STREAM, "orders",
                DeadLetterHeaders.ERROR, error,
                DeadLetterHeaders.REASON, "because");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
