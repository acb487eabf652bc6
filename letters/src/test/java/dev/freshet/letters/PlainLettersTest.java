package dev.freshet.letters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Letters without a ledger. */
class PlainLettersTest extends LetterTopic {
    private String events;
    private PlainLetters letters;

    @BeforeEach
    void makeTopic(EmbeddedKafka server, TopicPrefix prefix) throws Exception {
        events = prefix.name("events");
        try (Admin admin = Admin.create(new HashMap<String, Object>(kafka))) {
            admin.createTopics(List.of(new NewTopic(events, 1, (short) 1)))
                    .all()
                    .get();
        }
        letters = new PlainLetters(topic, kafka, Clock.systemUTC());
    }

    private LetterPlace letterFor(String to, String key, String value) throws Exception {
        Map<String, String> headers = new HashMap<>(letterHeaders("timeout"));
        headers.put(DeadLetterHeaders.TOPIC, to);
        return send(0, key, value, headers);
    }

    private List<String> sent() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(events, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> sent = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    sent.add(record.key()
                            + ' '
                            + record.value()
                            + ' '
                            + new String(
                                    record.headers()
                                            .lastHeader(RecordHeaders.ID)
                                            .value(),
                                    StandardCharsets.UTF_8));
                    assertTrue(
                            List.of(record.headers().toArray()).stream()
                                    .noneMatch(h -> h.key().contains("dead-letter")),
                            "what made it a letter is gone");
                }
            }
            return sent;
        }
    }

    @Test
    void redrive_sendsEachOnceInOrder() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            letterFor(events, "k" + i % 7, "v" + i);
            wanted.add("k" + i % 7 + " v" + i + " id-timeout");
        }
        List<Integer> progress = new ArrayList<>();
        assertEquals(1_200, letters.redrive(LetterFilter.ALL, progress::add));
        assertTrue(progress.size() > 2, progress.toString());
        assertEquals(wanted, sent());
        assertEquals(0, letters.redrive(LetterFilter.ALL, n -> {}));
        assertEquals(wanted, sent());
    }

    @Test
    void redrive_thatWouldOvertake_isRefused() throws Exception {
        LetterPlace first = letterFor(events, "a", "1");
        LetterPlace second = letterFor(events, "a", "2");
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> letters.redrive(LetterFilter.of(second.toString()), n -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains("such as " + first), e.getMessage());
        assertEquals(List.of(), sent());
        assertEquals(1, letters.discard(LetterFilter.of(first.toString()), n -> {}));
        assertEquals(1, letters.redrive(LetterFilter.of(second.toString()), n -> {}));
        assertEquals(List.of("a 2 id-timeout"), sent());
    }

    @Test
    void change_keepsItsPlace() throws Exception {
        LetterPlace first = letterFor(events, "a", "wrong");
        letterFor(events, "a", "2");
        letters.replace(first.toString(), change("order-mended", "right"));
        assertEquals("order-mended", reader.waiting().all().get(0).type());
        assertEquals(2, letters.redrive(LetterFilter.ALL, n -> {}));
        assertEquals(List.of("a right id-timeout", "a 2 id-timeout"), sent());
    }

    private static LetterChange change(String type, String payload) {
        return new LetterChange(
                Optional.empty(),
                Optional.empty(),
                Optional.of(type),
                Optional.of(payload.getBytes(StandardCharsets.UTF_8)),
                Optional.empty(),
                Map.of("x", "y"));
    }

    @Test
    void changedLetter_doesNotTellItsOldFaultAsItsOwn() throws Exception {
        LetterPlace first = letterFor(events, "a", "wrong");
        letters.replace(first.toString(), change("order-mended", "right"));
        LetterHead once = reader.waiting().all().get(0);
        assertEquals("edited", once.error());
        assertEquals("It was edited, and has not been sent since. Before: timeout. because", once.reason());
        letters.replace(once.place().toString(), change("order-mended", "better"));
        LetterHead twice = reader.waiting().all().get(0);
        assertEquals(once.reason(), twice.reason(), "what was at fault before is told once");
        assertEquals(first, twice.origin());
    }

    @Test
    void recordThatACopyRefused_isNotSentAgain() throws Exception {
        Map<String, String> headers = new HashMap<>(letterHeaders("refused"));
        headers.put(DeadLetterHeaders.TOPIC, events);
        headers.put(DeadLetterHeaders.REPLICA, "copies");
        send(0, "a", "1", headers);
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> letters.redrive(LetterFilter.ALL, n -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains("replica 'copies'"), e.getMessage());
        assertEquals(List.of(), sent());
        assertEquals(1, reader.waiting().all().size());
    }

    @Test
    void topicThatIsNotTold_isAskedFor() throws Exception {
        letter("a", "1");
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> letters.redrive(LetterFilter.ALL, n -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains(DeadLetterHeaders.TOPIC + "=TOPIC"), e.getMessage());
    }
}
