package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.event.EventIds;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventRefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events on a Kafka that takes them. */
@OnServers
class SentTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private World world;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        world = new World(kafka.bootstrapServers(), prefix.name("shop")).makeTopic(Map.of());
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void event_isTheCloudEventOfARelay_withoutAPosition() throws Exception {
        UUID id = EventIds.of(TIME, "request 1");
        try (DirectPublisher direct = world.publisher()
                .clock(() -> TIME)
                .traceParent(() -> "00-1-2-01")
                .build()) {
            Event event = Event.builder("orders", "order-placed")
                    .id(id)
                    .key("4711")
                    .payload(Map.of("total", 9.5))
                    .header("tenant", "a")
                    .build();
            assertEquals(Outcome.SENT, World.outcome(direct.publish(event)));
            assertEquals(
                    Outcome.SENT,
                    World.outcome(direct.publish(Event.builder("orders", "looked-at")
                            .unordered()
                            .payload(1)
                            .build())));
        }
        List<ConsumerRecord<byte[], byte[]>> records = world.records(world.topic);
        assertEquals(2, records.size());
        ConsumerRecord<byte[], byte[]> record =
                records.stream().filter(r -> r.key() != null).findFirst().orElseThrow();
        assertEquals("4711", World.text(record.key()));
        assertEquals("{\"total\":9.5}", World.text(record.value()));
        assertEquals(
                List.of(
                        "ce_specversion=1.0",
                        "ce_id=" + id,
                        "ce_type=order-placed",
                        "ce_source=/freshet/" + world.source,
                        "ce_time=2026-01-02T03:04:05.678901Z",
                        "content-type=application/json",
                        "traceparent=00-1-2-01",
                        "tenant=a"),
                StreamSupport.stream(record.headers().spliterator(), false)
                        .map(h -> h.key() + '=' + World.text(h.value()))
                        .toList());
    }

    @Test
    void eventsOfAKey_areSentInTheirOrder_andClosingWaitsForThem() throws Exception {
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        try (DirectPublisher direct = world.publisher().build()) {
            for (int i = 0; i < 300; i++) {
                stages.addAll(direct.publish(List.of(World.order("a", "" + i), World.order("b" + i % 7, "" + i))));
            }
        }
        World.assertOutcomes(Outcome.SENT, stages);
        assertEquals(IntStream.range(0, 300).mapToObj(i -> "" + i).toList(), world.values("a"));
        assertEquals(
                IntStream.range(0, 300)
                        .filter(i -> i % 7 == 3)
                        .mapToObj(i -> "" + i)
                        .toList(),
                world.values("b3"));
    }

    @Test
    void sameIdAgain_isTheSameEvent() throws Exception {
        Event event = Event.builder("orders", "order-placed")
                .id(EventIds.of(TIME, "request 1"))
                .key("a")
                .payload(1)
                .build();
        try (DirectPublisher direct = world.publisher().build()) {
            List<CompletionStage<Outcome>> stages = new ArrayList<>(direct.publish(List.of(event, event)));
            stages.add(direct.publish(event));
            World.assertOutcomes(Outcome.SENT, stages);
            assertSame(stages.get(0), stages.get(1));
            World.until(() -> direct.status().queuedEvents() == 0);
        }
        assertEquals(List.of("1"), world.values("a"));
    }

    @Test
    void eventThatIsNotAllowed_isRefusedWithAllThatAreGivenWithIt() throws Exception {
        try (DirectPublisher direct = world.publisher().maxBytes(1000).build()) {
            EventRefusedException unknown = assertThrows(
                    EventRefusedException.class,
                    () -> direct.publish(List.of(
                            World.order("a", "1"),
                            Event.builder("ordrs", "order-placed")
                                    .key("a")
                                    .payload(1)
                                    .build())));
            assertTrue(unknown.getMessage().contains("stream(name, topic)"), unknown.getMessage());
            EventRefusedException large =
                    assertThrows(EventRefusedException.class, () -> direct.publish(World.order("a", "x".repeat(1000))));
            assertTrue(large.getMessage().contains("at most 1000"), large.getMessage());
            EventRefusedException keyless = assertThrows(
                    EventRefusedException.class,
                    () -> direct.publish(
                            Event.builder("orders", "order-placed").payload(1).build()));
            assertTrue(keyless.getMessage().contains("unordered()"), keyless.getMessage());
            assertEquals(0, direct.status().queuedEvents());
        }
        assertEquals(List.of(), world.values("a"));
    }

    @Test
    void closedPublisher_saysSo() {
        DirectPublisher direct = world.publisher().build();
        direct.close();
        Exception e = assertThrows(Exception.class, () -> direct.publish(World.order("a", "1")));
        assertTrue(e.getMessage().contains("is closed") && e.getMessage().contains(world.source), e.getMessage());
        assertFalse(e.getMessage().contains("order-placed"));
    }
}
