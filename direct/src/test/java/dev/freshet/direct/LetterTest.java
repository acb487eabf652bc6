package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventRefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that their topic does not take, on a Kafka that takes their letters. */
@OnServers
class LetterTest {
    private static final String LARGE = "x".repeat(5000);

    private World world;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        world = new World(kafka.bootstrapServers(), prefix.name("shop")).makeTopic(Map.of("max.message.bytes", "2000"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private List<String> letters() {
        return world.records(world.letters).stream()
                .filter(r -> World.header(r, DeadLetterHeaders.RESOLVES) == null)
                .map(r -> World.text(r.key())
                        + ' '
                        + World.text(r.value())
                        + ' '
                        + World.header(r, DeadLetterHeaders.ERROR))
                .toList();
    }

    private void resolveAll() throws Exception {
        List<ProducerRecord<byte[], byte[]>> resolutions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> letter : world.records(world.letters)) {
            if (World.header(letter, DeadLetterHeaders.RESOLVES) == null) {
                ProducerRecord<byte[], byte[]> resolution =
                        new ProducerRecord<>(world.letters, letter.partition(), null, new byte[0]);
                String place = letter.partition() + "-" + letter.offset();
                resolution.headers().add(DeadLetterHeaders.RESOLVES, place.getBytes(StandardCharsets.UTF_8));
                resolution.headers().add(DeadLetterHeaders.RESOLUTION, "discarded".getBytes(StandardCharsets.UTF_8));
                resolutions.add(resolution);
            }
        }
        world.write(resolutions);
    }

    @Test
    void recordTooLargeForItsTopic_isALetterWithAllThatARedriveNeeds() throws Exception {
        Event event = Event.builder("orders", "order-placed")
                .key("a")
                .payload(LARGE.getBytes(StandardCharsets.UTF_8), "text/plain")
                .header("tenant", "a")
                .build();
        try (DirectPublisher direct = world.publisher().build()) {
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(direct.publish(event)));
            assertEquals(1, direct.status().parkedKeys());
        }
        ConsumerRecord<byte[], byte[]> letter = world.records(world.letters).get(0);
        assertEquals("a", World.text(letter.key()));
        assertEquals(LARGE, World.text(letter.value()));
        assertEquals("order-placed", World.header(letter, "ce_type"));
        assertEquals("a", World.header(letter, "tenant"));
        assertEquals("orders", World.header(letter, DeadLetterHeaders.STREAM));
        assertEquals(world.topic, World.header(letter, DeadLetterHeaders.TOPIC));
        assertEquals("too-large", World.header(letter, DeadLetterHeaders.ERROR));
        String reason = World.header(letter, DeadLetterHeaders.REASON);
        assertTrue(reason.contains("max.message.bytes") && !reason.contains("xxx"), reason);
        assertTrue(Integer.parseInt(World.header(letter, DeadLetterHeaders.ATTEMPTS)) >= 1);
        assertTrue(World.header(letter, DeadLetterHeaders.TIME).endsWith("Z"));
        Map<String, String> settings = settingsOfLetters();
        assertEquals("delete", settings.get("cleanup.policy"));
        assertEquals("16777216", settings.get("max.message.bytes"));
        assertEquals("-1", settings.get("retention.ms"), "a letter is the only copy of its event");
    }

    private Map<String, String> settingsOfLetters() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, world.letters);
        Map<String, String> settings = new java.util.HashMap<>();
        world.admin()
                .describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .entries()
                .forEach(e -> settings.put(e.name(), e.value()));
        return settings;
    }

    @Test
    void laterEventsOfAParkedKey_goBehindIt_upToTheLimit_andOthersAreSent() throws Exception {
        try (DirectPublisher direct = world.publisher().parkedLimit(2).build()) {
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(direct.publish(World.order("a", LARGE))));
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(direct.publish(World.order("a", "1"))));
            assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("b", "1"))));
            CompletionStage<Outcome> second = direct.publish(World.order("a", "2"));
            EventRefusedException e =
                    assertThrows(EventRefusedException.class, () -> direct.publish(World.order("a", "3")));
            assertTrue(
                    e.getMessage().contains("freshet dlq redrive")
                            && e.getMessage().contains("freshet dlq discard")
                            && e.getMessage().contains("parkedLimit(…)")
                            && e.getMessage().contains(world.letters),
                    e.getMessage());
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(second));
        }
        assertEquals(List.of("a " + LARGE + " too-large", "a 1 behind", "a 2 behind"), letters());
        assertEquals(List.of(), world.values("a"));
        assertEquals(List.of("1"), world.values("b"));
    }

    @Test
    void eventsThatWaitWhenTheirKeyIsParked_goBehindInTheirOrder_alsoBeyondTheLimit() throws Exception {
        try (DirectPublisher direct = world.publisher().parkedLimit(1).build()) {
            World.assertOutcomes(
                    Outcome.DEAD_LETTERED,
                    direct.publish(List.of(
                            World.order("a", LARGE),
                            World.order("a", "1"),
                            World.order("a", "2"),
                            World.order("a", "3"))));
        }
        assertEquals(List.of("a " + LARGE + " too-large", "a 1 behind", "a 2 behind", "a 3 behind"), letters());
    }

    @Test
    void skip_letsLaterEventsPass() throws Exception {
        try (DirectPublisher direct =
                world.publisher().onFailedKey(FailedKey.SKIP).build()) {
            List<CompletionStage<Outcome>> stages =
                    direct.publish(List.of(World.order("a", LARGE), World.order("a", "1")));
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(stages.get(0)));
            assertEquals(Outcome.SENT, World.outcome(stages.get(1)));
            assertEquals(0, direct.status().parkedKeys());
        }
        assertEquals(List.of("1"), world.values("a"));
    }

    @Test
    void parkedKey_isKnownAfterARestart_andLetGoOnceItsLettersAreDealtWith() throws Exception {
        try (DirectPublisher direct = world.publisher().build()) {
            World.assertOutcomes(
                    Outcome.DEAD_LETTERED, direct.publish(List.of(World.order("a", LARGE), World.order("a", "1"))));
        }
        try (DirectPublisher direct = world.publisher().parkedLimit(2).build()) {
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(direct.publish(World.order("a", "2"))));
            assertThrows(EventRefusedException.class, () -> direct.publish(World.order("a", "3")));
            resolveAll();
            World.until(() -> direct.status().parkedKeys() == 0);
            assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("a", "4"))));
        }
        try (DirectPublisher direct = world.publisher().build()) {
            assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("a", "5"))));
        }
        assertEquals(List.of("4", "5"), world.values("a"));
        assertEquals(3, letters().size());
    }

    @Test
    void topicThatDoesNotExist_holdsUpNoOther() throws Exception {
        try (DirectPublisher direct =
                world.publisher().stream("bills", world.topic + "-none").build()) {
            long began = System.nanoTime();
            List<CompletionStage<Outcome>> stages = new ArrayList<>();
            CompletionStage<Outcome> bill = direct.publish(
                    Event.builder("bills", "bill-sent").key("a").payload(1).build());
            for (int i = 0; i < 100; i++) {
                stages.add(direct.publish(World.order("a", "" + i)));
            }
            World.assertOutcomes(Outcome.SENT, stages);
            assertTrue(!bill.toCompletableFuture().isDone(), "the others were sent first");
            assertEquals(Outcome.DEAD_LETTERED, World.outcome(bill));
            assertTrue(Duration.ofNanos(System.nanoTime() - began).compareTo(Duration.ofSeconds(20)) < 0);
        }
        assertEquals(List.of("a 1 unknown-topic"), letters());
    }

    /** A topic that was just missed counts as not known yet, which passes; the bound is shorter. */
    @Test
    void passingFault_isTriedForTheBound_thenALetterThatParksItsKey() throws Exception {
        try (DirectPublisher direct = world.publisher().stream("bills", world.topic + "-none")
                .retryFor(Duration.ofMillis(300))
                .build()) {
            World.assertOutcomes(Outcome.DEAD_LETTERED, direct.publish(List.of(bill("1"), bill("2"))));
            assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("a", "1"))));
        }
        assertEquals(List.of("a 1 unavailable", "a 2 behind"), letters());
        ConsumerRecord<byte[], byte[]> letter = world.records(world.letters).get(0);
        assertTrue(Integer.parseInt(World.header(letter, DeadLetterHeaders.ATTEMPTS)) > 1);
    }

    private static Event bill(String value) {
        return Event.builder("bills", "bill-sent")
                .key("a")
                .payload(value.getBytes(StandardCharsets.UTF_8), "text/plain")
                .build();
    }

    @Test
    void compactedTopic_isNoneForLetters() throws Exception {
        world.makeTopic(world.letters, Map.of("cleanup.policy", "compact"));
        try (DirectPublisher direct = world.publisher()
                .onFailedKey(FailedKey.SKIP)
                .retryFor(Duration.ofSeconds(1))
                .build()) {
            Throwable e = World.failure(direct.publish(World.order("a", LARGE)));
            assertTrue(
                    e.getMessage().contains("cleanup.policy=compact")
                            && e.getMessage().contains("deadLetterTopic(…)"),
                    e.getMessage());
        }
        assertEquals(List.of(), letters());
    }

    @Test
    void eventThatAnotherInstanceHasKept_goesBehindTheLetterOfItsKey(TestDatabase database) throws Exception {
        UndeliveredTable table = new UndeliveredTable(World.table(database), world.source);
        try (DirectPublisher direct = world.publisher()
                .undelivered(World.dataSource(database.jdbcUrl(), database.user(), database.password()))
                .build()) {
            assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("b", "0"))));
            // nothing is parked as far as this one knows; another instance parks a key, of which a row is kept
            try (DirectPublisher other = world.publisher().build()) {
                assertEquals(Outcome.DEAD_LETTERED, World.outcome(other.publish(World.order("a", LARGE))));
            }
            PublishedEvent kept = new PublishedEvent(
                    new EventIds(InstantSource.system()).next(),
                    "orders",
                    "a",
                    "t",
                    "text/plain",
                    Map.of(),
                    new byte[] {'1'});
            table.transact("Keeping", connection -> {
                table.insert(connection, List.of(Entry.drained(-1, kept, world.topic, "2026-01-02T03:04:05.678901Z")));
                return true;
            });
            World.until(() -> table.count() == 0);
        }
        assertEquals(List.of(), world.values("a"));
        assertEquals(List.of("a " + LARGE + " too-large", "a 1 behind"), letters());
    }
}
