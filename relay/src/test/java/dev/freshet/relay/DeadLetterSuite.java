package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.letters.LetterChange;
import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterReader;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.Event;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every way when an event cannot be sent: it holds up its key, not its partition, and nothing is lost. */
abstract class DeadLetterSuite extends PublicationSuite {
    private static final int MOST_BYTES = 5_000;
    static final String LARGE = "x".repeat(MOST_BYTES);

    private EmbeddedKafka kafka;
    private TopicPrefix prefix;

    @BeforeEach
    void remember(EmbeddedKafka server, TopicPrefix topicPrefix) {
        kafka = server;
        prefix = topicPrefix;
    }

    final EmbeddedKafka kafka() {
        return kafka;
    }

    final TopicPrefix prefix() {
        return prefix;
    }

    final void parking(FailedKeys failedKeys, int letters, int keys) {
        events = events.withFailedKeys(failedKeys, letters, keys);
        relay(MOST_BYTES, "orders");
    }

    /** Makes the settings anew, for streams of events with such a limit. */
    private void relay(int mostBytes, String... streams) {
        List<StreamSettings> all = new ArrayList<>(besideEvents());
        for (String name : streams) {
            all.add(new StreamSettings(
                    name,
                    name.equals("orders") ? eventTopic : prefix.name(name),
                    1,
                    -1,
                    -1,
                    new StreamSettings.Events(Optional.of(Duration.ofDays(1)), mostBytes)));
        }
        builder = settings(kafka, prefix, all).events(events);
        settings = relayed(builder).build();
    }

    final void publish(String stream, String key, String... payloads) throws Exception {
        try (Connection connection = transaction()) {
            for (String payload : payloads) {
                outbox.publish(
                        connection,
                        Event.builder(stream, "happened")
                                .key(key)
                                .payload(payload)
                                .header("tenant", "a")
                                .build());
            }
            connection.commit();
        }
    }

    /** Returns keys and payloads in the order of the topic, which has one partition; with large ones cut. */
    final List<String> sent(Relay relay) throws Exception {
        List<String> sent = new ArrayList<>();
        Position last = Position.ZERO;
        Set<UUID> ids = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : events(settle(relay))) {
            sent.add(text(record.key()) + ' ' + shown(text(record.value())));
            Map<String, String> headers = headers(record);
            Position at = Position.parse(Objects.requireNonNull(headers.get("freshet-position")));
            assertTrue(at.isAfter(last), "positions grow, also of what is sent again");
            last = at;
            assertTrue(ids.add(UUID.fromString(Objects.requireNonNull(headers.get("ce_id")))), "each is sent once");
            assertEquals("a", headers.get("tenant"));
            assertFalse(headers.keySet().stream().anyMatch(h -> h.contains("dead-letter")), headers.toString());
        }
        return sent;
    }

    private static String shown(String json) {
        String text = json.substring(1, json.length() - 1);
        return text.length() > 10 ? "large" : text;
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    final List<String> letters() {
        List<String> told = new ArrayList<>();
        for (LetterHead head : heads()) {
            told.add(head.stream() + ' ' + head.keyText() + ' ' + head.error());
        }
        return told;
    }

    final List<LetterHead> heads() {
        try (LetterReader reader =
                LetterReader.open(settings.events().deadLetterTopic(), settings.kafka(), Clock.systemUTC())) {
            return reader.waiting().all();
        }
    }

    final RelayLetters desk() {
        return new RelayLetters(settings, Clock.systemUTC());
    }

    static LetterFilter ofKey(String key) {
        return new LetterFilter(Set.of(), Set.of("orders"), Set.of(key), Set.of(), Set.of(), null, null);
    }

    private static LetterChange smaller(String payload) {
        return new LetterChange(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(payload.getBytes(StandardCharsets.UTF_8)),
                Optional.empty(),
                Map.of());
    }

    final Relay parkingRelay() {
        parking(FailedKeys.PARK, 3, 2);
        return running();
    }

    final Relay running() {
        Relay relay = start(settings);
        until(
                relay,
                s -> is(s, StreamStatus.RUNNING)
                        && s.streams().size() == settings.streams().size());
        return relay;
    }

    @Test
    void tooLargeEvent_holdsUpItsKeyAlone_andARedriveKeepsTheOrder() throws Exception {
        Relay relay = parkingRelay();
        publish("orders", "a", "1", LARGE, "3");
        publish("orders", "b", "1");
        publish("orders", "a", "4");
        publish("orders", "b", "2");
        assertEquals(List.of("a 1", "b 1", "b 2"), sent(relay));
        assertEquals(List.of("orders a too-large", "orders a behind", "orders a behind"), letters());
        until(relay, s -> s.alarms().stream().anyMatch(a -> a.startsWith("3 events wait among the dead letters")));

        LetterHead large = heads().get(0);
        LetterFilter behind = new LetterFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of("behind"), null, null);
        ConfigurationException overtaking =
                assertThrows(ConfigurationException.class, () -> desk().redrive(behind, n -> {}));
        assertTrue(
                String.valueOf(overtaking.getMessage()).contains("such as " + large.place() + " (key a"),
                overtaking.getMessage());
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> desk().redrive(ofKey("a"), n -> {}));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("streams.orders.max-message-size"), refused.getMessage());

        desk().replace(large.place().toString(), smaller("\"2\""));
        assertEquals(List.of("orders a edited", "orders a behind", "orders a behind"), letters());
        List<Integer> progress = new ArrayList<>();
        assertEquals(3, desk().redrive(ofKey("a"), progress::add));
        assertEquals(3, progress.get(progress.size() - 1));
        publish("orders", "a", "5");
        assertEquals(List.of("a 1", "b 1", "b 2", "a 2", "a 3", "a 4", "a 5"), sent(relay));
        assertEquals(List.of(), letters());
        until(relay, s -> s.alarms().isEmpty());
        assertEquals(0, desk().redrive(LetterFilter.ALL, n -> {}), "nothing is sent twice");
    }

    @Test
    void streamThatIsNamedLate_getsItsEventsOfBefore_andTheirOrder() throws Exception {
        Relay first = parkingRelay();
        publish("orders", "a", "1");
        publish("late", "a", "1", "2");
        publish("late", "b", "1");
        sent(first);
        first.close();
        assertEquals(3, letters().size());
        relay(MOST_BYTES, "orders", "late");
        Relay second = start(settings);
        publish("late", "a", "3");
        publish("orders", "a", "2");
        assertEquals(List.of("a 1", "a 2"), sent(second));
        assertEquals("late a behind", letters().get(3));
        assertEquals(4, desk().redrive(LetterFilter.ALL, n -> {}));
        publish("late", "a", "4");
        List<String> late = new ArrayList<>();
        topics.readTo(prefix.name("late"), settle(second))
                .forEach(r -> late.add(text(r.key()) + ' ' + shown(text(r.value()))));
        assertEquals(List.of("a 1", "a 2", "b 1", "a 3", "a 4"), late);
    }
}
