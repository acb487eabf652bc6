package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamRecord;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class KafkaStreamReaderTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private TestRelay relay;
    private KafkaStreamReader reader;
    private Polls polls;

    @BeforeEach
    void start(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        relay = new TestRelay(kafka.bootstrapServers(), prefix + "shop");
        reader = KafkaStreamReader.create(
                new KafkaConnection(kafka.bootstrapServers(), Map.of()), "test", null, Duration.ofSeconds(10));
        polls = new Polls(reader);
    }

    @AfterEach
    void close() {
        reader.close();
        relay.close();
    }

    private Partition orders(int number) {
        return relay.partition("orders", number);
    }

    @Test
    void records_comeWithTheirHeaders() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "{\"id\":1}", "{\"id\":1}").put("orders", 0, "{\"id\":2}", null);
        relay.commit();
        reader.assign(Map.of(orders(0), 0L));
        polls.until("two records", p -> p.records.size() == 2);
        StreamRecord first = polls.records.get(0);
        assertEquals(orders(0), first.partition());
        assertEquals(0, first.offset());
        assertEquals(Op.UPDATE, first.op());
        assertEquals(1, first.position().ordinal());
        assertEquals(first.position().toString(), first.id());
        assertEquals(relay.schema.version(), first.schemaVersion());
        assertFalse(first.readBack());
        StreamRecord second = polls.records.get(1);
        assertEquals(Op.DELETE, second.op());
        assertTrue(second.position().isAfter(first.position()));
        assertEquals(orders(0) + "@1 DELETE at " + second.position(), second.toString());
    }

    @Test
    void abortedTransaction_isNotSeen_butItsOffsetsArePassed() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "aborted").abort();
        relay.begin().put("orders", 0, "1", "kept").commit();
        reader.assign(Map.of(orders(0), 0L));
        polls.until("the end", p -> p.positions.getOrDefault(orders(0), 0L) == 4);
        assertEquals(List.of("kept"), polls.values());
        assertEquals(4, reader.position(orders(0)));
        assertEquals(
                Map.of(orders(0).topic(), OffsetVector.of(4)),
                reader.endOffsets(Set.of(orders(0).topic())));
    }

    @Test
    void ends_countWhatIsNotCommittedYet() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "open").flush();
        assertEquals(
                Map.of(orders(0).topic(), OffsetVector.of(1)),
                reader.endOffsets(Set.of(orders(0).topic())));
        relay.commit();
    }

    @Test
    void onlyAnAbortedTransaction_movesThePositionWithoutARecord() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "aborted").abort();
        reader.assign(Map.of(orders(0), 0L));
        polls.until("the end", p -> p.positions.getOrDefault(orders(0), 0L) == 2);
        assertEquals(List.of(), polls.values());
    }

    @Test
    void openTransaction_isNotSeenUntilItCommits() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "v");
        reader.assign(Map.of(orders(0), 0L));
        assertTrue(reader.poll(SHORT).isEmpty());
        relay.commit();
        polls.until("the record", p -> p.values().equals(List.of("v")));
    }

    @Test
    void start_isWhereItWasAsked() throws Exception {
        relay.capture("orders", 2);
        relay.begin()
                .put("orders", 0, "1", "a")
                .put("orders", 0, "1", "b")
                .put("orders", 1, "2", "c")
                .commit();
        reader.assign(Map.of(orders(0), 1L, orders(1), 0L));
        polls.until("two records", p -> p.records.size() == 2);
        assertEquals(Set.of("b", "c"), Set.copyOf(polls.values()));
        assertEquals(Set.of(orders(0), orders(1)), reader.assignment());
    }

    @Test
    void seek_bringsRecordsAgain() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "a").commit();
        reader.assign(Map.of(orders(0), 0L));
        polls.until("a record", p -> p.records.size() == 1);
        reader.seek(orders(0), 0);
        assertEquals(0, reader.position(orders(0)));
        polls.until("the record again", p -> p.values().equals(List.of("a", "a")));
    }

    @Test
    void pausedPartition_waits_whileOthersGoOn() throws Exception {
        relay.capture("orders", 2);
        reader.assign(Map.of(orders(0), 0L, orders(1), 0L));
        reader.pause(Set.of(orders(0)));
        relay.begin().put("orders", 0, "1", "a").put("orders", 1, "2", "b").commit();
        polls.until("b", p -> p.values().contains("b"));
        polls.once(SHORT);
        assertEquals(List.of("b"), polls.values());
        reader.resume(Set.of(orders(0)));
        polls.until("a", p -> p.values().equals(List.of("b", "a")));
    }

    @Test
    void foreignRecord_stopsBeforeIt_withItsCoordinates() throws Exception {
        String topic = relay.capture("orders", 2);
        relay.begin()
                .put("orders", 0, "1", "before")
                .foreign(topic, 0, "2", "secret data")
                .put("orders", 0, "3", "after")
                .commit();
        reader.assign(Map.of(orders(0), 0L, orders(1), 0L));
        polls.until("what stands before it", p -> p.values().equals(List.of("before")));
        assertEquals(1, polls.positions.get(orders(0)));
        for (int i = 0; i < 2; i++) {
            ForeignRecordException e = assertThrows(
                    ForeignRecordException.class, () -> polls.until("the error", p -> p.records.size() > 1));
            assertEquals(orders(0), e.partition());
            assertEquals(1, e.offset());
            assertTrue(e.getMessage().contains(topic + "-0@1"), e.getMessage());
            assertTrue(e.getMessage().contains("has no header 'freshet-op'"), e.getMessage());
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
        reader.pause(Set.of(orders(0)));
        relay.begin().put("orders", 1, "4", "elsewhere").commit();
        polls.until("the other partition", p -> p.values().equals(List.of("before", "elsewhere")));
        reader.resume(Set.of(orders(0)));
        reader.seek(orders(0), 2);
        polls.until("what follows", p -> p.values().equals(List.of("before", "elsewhere", "after")));
    }

    @Test
    void deletedRecords_areALoss_namedFromWhereToWhere() throws Exception {
        String topic = relay.capture("orders", 1);
        relay.begin()
                .put("orders", 0, "1", "a")
                .put("orders", 0, "1", "b")
                .put("orders", 0, "1", "c")
                .commit();
        relay.set(topic, "cleanup.policy", "compact,delete"); // else Kafka refuses to delete records
        relay.admin
                .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
                .all()
                .get(30, TimeUnit.SECONDS);
        reader.assign(Map.of(orders(0), 0L));
        MissingRecordsException e =
                assertThrows(MissingRecordsException.class, () -> polls.until("the loss", p -> !p.records.isEmpty()));
        assertEquals(Set.of(orders(0)), e.partitions());
        assertTrue(e.getMessage().contains(topic + "-0 from offset 0 to 1 are missing"), e.getMessage());
        assertTrue(e.getMessage().contains("begins at 2"), e.getMessage());
    }

    @Test
    void topicMadeAgain_isALoss_andHasAnotherId() throws Exception {
        String topic = relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "a").put("orders", 0, "1", "b").commit();
        reader.assign(Map.of(orders(0), 0L));
        polls.until("two records", p -> p.records.size() == 2);
        TopicFacts before = reader.describe(Set.of(topic)).get(topic);
        relay.admin.deleteTopics(Set.of(topic)).all().get(30, TimeUnit.SECONDS);
        assertEquals(Map.of(), reader.describe(Set.of(topic)));
        relay.createTopic(topic, 1);
        MissingRecordsException e =
                assertThrows(MissingRecordsException.class, () -> polls.until("the loss", p -> p.records.size() > 2));
        assertTrue(e.getMessage().contains("made again"), e.getMessage());
        TopicFacts after = reader.describe(Set.of(topic)).get(topic);
        assertNotEquals(before.topicId(), after.topicId());
        assertEquals(Duration.ofDays(7), before.minCompactionLag());
        assertEquals(Duration.ofDays(1), before.deleteRetention());
        assertEquals(Duration.ofDays(1), before.awayLimit());
    }

    @Test
    void wakeup_endsAPoll_alsoOneThatComesLater() throws Exception {
        relay.capture("orders", 1);
        reader.assign(Map.of(orders(0), 0L));
        reader.poll(SHORT);
        reader.wakeup();
        reader.endOffsets(Set.of(orders(0).topic()));
        long began = System.nanoTime();
        assertEquals(StreamBatch.EMPTY, reader.poll(Duration.ofSeconds(30)));
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void interrupt_endsAPoll() {
        reader.assign(Map.of(new Partition("absent", 0), 0L));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> reader.poll(Duration.ofSeconds(30)));
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
