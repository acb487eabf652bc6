package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.Event;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A Kafka that is away for a while, longer or shorter than the bound. */
@OnServers
class KafkaDownTest {
    private static EmbeddedKafka kafka;

    private World world;
    private DataSource table;
    private TestDatabase database;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.builder().start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @BeforeEach
    void open(TestDatabase own, TestInfo test) throws Exception {
        if (!kafka.isRunning()) {
            kafka.restart();
        }
        database = own;
        table = World.table(own);
        world = new World(
                        kafka.bootstrapServers(),
                        "s" + Integer.toHexString(test.getDisplayName().hashCode()))
                .makeTopic(Map.of());
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "" + i).toList();
    }

    /** Publishes numbers to the keys a and b. */
    private static List<CompletionStage<Outcome>> publish(DirectPublisher direct, int from, int to) {
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (int i = from; i < to; i++) {
            stages.add(direct.publish(World.order("a", "" + i)));
            stages.add(direct.publish(World.order("b", "" + i)));
        }
        return stages;
    }

    /** Each event once or more, and never one after a later one for the first time. */
    private void assertInOrder(int to) {
        for (String key : List.of("a", "b")) {
            assertEquals(numbers(0, to), new ArrayList<>(new LinkedHashSet<>(world.values(key))), key);
        }
    }

    private String rows() throws Exception {
        return database.text("SELECT count(*) FROM freshet_undelivered");
    }

    @Test
    void withoutABound_nothingIsLostAndTheOrderIsKept() throws Exception {
        try (DirectPublisher direct = world.publisher().build()) {
            List<CompletionStage<Outcome>> stages = publish(direct, 0, 50);
            kafka.kill();
            stages.addAll(publish(direct, 50, 100));
            World.until(() -> direct.status().retryingKeys() == 2);
            kafka.restart();
            stages.addAll(publish(direct, 100, 150));
            World.assertOutcomes(Outcome.SENT, stages);
        }
        assertInOrder(150);
    }

    @Test
    void beyondTheBound_eventsAreKept_andSentInOrderOnceKafkaIsBack() throws Exception {
        try (DirectPublisher direct = world.publisher()
                .retryFor(Duration.ofSeconds(1))
                .undelivered(table)
                .build()) {
            World.assertOutcomes(Outcome.SENT, publish(direct, 0, 5));
            kafka.kill();
            World.assertOutcomes(Outcome.KEPT, publish(direct, 5, 40));
            World.assertOutcomes(Outcome.KEPT, publish(direct, 40, 45));
            assertEquals("80", rows());
            World.until(() -> direct.status().kept() == 80);
            kafka.restart();
            for (int i = 45; i < 200; i++) {
                publish(direct, i, i + 1);
            }
            World.until(() -> direct.status().kept() == 0);
            World.assertOutcomes(Outcome.SENT, publish(direct, 200, 201));
        }
        assertInOrder(201);
        assertEquals("0", rows());
    }

    @Test
    void whatOneProcessKept_theNextSends_beforeLaterEventsOfTheKey() throws Exception {
        kafka.kill();
        try (DirectPublisher direct = world.publisher()
                .closeFor(Duration.ofMillis(100))
                .undelivered(table)
                .build()) {
            publish(direct, 0, 20);
        }
        assertEquals("40", rows());
        kafka.restart();
        try (Connection other = database.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT 1 FROM freshet_undelivered FOR UPDATE");
            sendTheRest(other);
        }
        assertInOrder(25);
        assertEquals("0", rows());
    }

    /** Publishes further events while someone has all rows, who then lets them go. */
    private void sendTheRest(Connection other) throws Exception {
        try (DirectPublisher direct = world.publisher().undelivered(table).build()) {
            World.assertOutcomes(Outcome.KEPT, publish(direct, 20, 25));
            other.commit();
            World.until(() -> direct.status().kept() == 0 && rows().equals("0"));
        }
    }

    @Test
    void severalInstances_shareTheRows_andKeepTheOrderOfEachKey() throws Exception {
        kafka.kill();
        try (DirectPublisher direct = world.publisher()
                .closeFor(Duration.ofMillis(100))
                .undelivered(table)
                .build()) {
            for (int i = 0; i < 150; i++) {
                publish(direct, i, i + 1);
                direct.publish(World.order("k" + i, "" + i));
            }
        }
        kafka.restart();
        try (DirectPublisher one = world.publisher().undelivered(table).build();
                DirectPublisher other = world.publisher().undelivered(table).build()) {
            World.until(() -> one.status().kept() == 0 && other.status().kept() == 0 && rows().equals("0"));
        }
        for (String key : List.of("a", "b")) {
            assertEquals(numbers(0, 150), world.values(key), "each is sent once");
        }
        assertEquals(450, world.records(world.topic).size());
    }

    @Test
    void withoutATable_eventsBeyondTheBoundFail_andSayWhatToDo() throws Exception {
        try (DirectPublisher direct =
                world.publisher().retryFor(Duration.ofSeconds(1)).build()) {
            World.assertOutcomes(Outcome.SENT, publish(direct, 0, 1));
            kafka.kill();
            Throwable e = World.failure(direct.publish(World.order("a", "1")));
            assertTrue(e instanceof FreshetException, e.toString());
            assertTrue(
                    e.getMessage().contains(world.topic)
                            && e.getMessage().contains("dead-letter topic")
                            && e.getMessage().contains("Publish it again with the same id"),
                    e.getMessage());
            assertEquals(0, direct.status().queuedEvents());
        }
    }

    @Test
    void fullQueue_blocksThenRefuses() throws Exception {
        try (DirectPublisher direct = world.publisher()
                .capacity(10, 2_000_000)
                .blockFor(Duration.ofMillis(300))
                .build()) {
            World.assertOutcomes(Outcome.SENT, publish(direct, 0, 1));
            kafka.kill();
            List<CompletionStage<Outcome>> stages = publish(direct, 1, 6);
            long began = System.nanoTime();
            RetriableException e = assertThrows(RetriableException.class, () -> direct.publish(World.order("c", "1")));
            assertTrue(System.nanoTime() - began >= Duration.ofMillis(300).toNanos());
            assertTrue(
                    e.getMessage().contains("10 of 10 events")
                            && e.getMessage().contains("capacity(…)")
                            && e.getMessage().contains("undelivered(…)"),
                    e.getMessage());
            kafka.restart();
            World.assertOutcomes(Outcome.SENT, stages);
        }
        assertInOrder(6);
    }

    @Test
    void fullQueue_isKeptInTheTable_alsoWithoutABound() throws Exception {
        try (DirectPublisher direct = world.publisher()
                .capacity(10, 2_000_000)
                .blockFor(Duration.ofMillis(300))
                .undelivered(table)
                .build()) {
            World.assertOutcomes(Outcome.SENT, publish(direct, 0, 1));
            kafka.kill();
            List<CompletionStage<Outcome>> stages = publish(direct, 1, 30);
            for (CompletionStage<Outcome> stage : stages.subList(0, 10)) {
                assertEquals(Outcome.KEPT, World.outcome(stage));
            }
            kafka.restart();
            World.until(() -> direct.status().kept() == 0 && direct.status().queuedEvents() == 0);
        }
        assertInOrder(30);
    }

    @Test
    void closing_failsAndNamesWhatIsNotSent() throws Exception {
        DirectPublisher direct = world.publisher().build();
        World.assertOutcomes(Outcome.SENT, publish(direct, 0, 1));
        kafka.kill();
        List<CompletionStage<Outcome>> stages = publish(direct, 1, 3);
        List<PublishedEvent> left = direct.close(Duration.ofMillis(200));
        assertEquals(4, left.size());
        for (CompletionStage<Outcome> stage : stages) {
            Throwable e = World.failure(stage);
            assertTrue(e.getMessage().contains("the publisher was closed"), e.getMessage());
            assertFalse(e.getMessage().contains("payload"));
        }
        kafka.restart();
        DirectPublisher other = world.publisher().closeFor(Duration.ofMillis(1)).build();
        World.assertOutcomes(
                Outcome.SENT, other.publish(left.stream().map(Event::of).toList()));
        assertInOrder(3);
        kafka.kill();
        publish(other, 3, 4);
        FreshetException e = assertThrows(FreshetException.class, other::close);
        assertTrue(e.getMessage().contains("2 events of source"), e.getMessage());
        assertTrue(e.getMessage().contains("closeFor(…)"), e.getMessage());
    }
}
