package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicsDamagedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaTopicWriterTest {
    private static final RelaySettings SETTINGS = RelaySettings.builder(
                    "shop",
                    List.of(StreamSettings.of(new TableCapture("items", "item", List.of(), List.of()), "shop.items")),
                    Map.of("bootstrap.servers", "localhost:9092"))
            .build();

    private static final TopicInfo ITEMS = new TopicInfo("items", "shop.items", "id", 1);

    /** A producer whose commit does not wait for what was sent, as the real one's may not: see the writer's commit. */
    private static final class HastyProducer extends MockProducer<byte[], byte[]> {
        private HastyProducer() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void commitTransaction() {
            assertTrue(flushed(), "committed with a record unwritten");
            super.commitTransaction();
        }
    }

    @Test
    void commit_waitsUntilTheLedgerRecordIsWritten() {
        HastyProducer producer = new HastyProducer();
        try (KafkaTopicWriter writer = KafkaTopicWriter.of(SETTINGS, index -> producer)) {
            producer.initTransactions();
            writer.begin();
            writer.flush(new TopicEnds());
            writer.writeLedger("cursor", new byte[] {1});
            writer.commit();
            assertEquals(1, producer.history().size());
            assertEquals(1, producer.commitCount());
        }
    }

    /** A writer whose batches go in turn to two clusters that know nothing of each other. */
    private static KafkaTopicWriter turningToAnother() {
        List<HastyProducer> clusters = List.of(new HastyProducer(), new HastyProducer());
        clusters.forEach(MockProducer::initTransactions);
        return KafkaTopicWriter.of(SETTINGS, index -> clusters.get(index % 2));
    }

    private static TopicEnds ends() {
        TopicEnds ends = new TopicEnds();
        ends.add(ITEMS.topic(), new long[1]);
        return ends;
    }

    private static void send(KafkaTopicWriter writer, int records) {
        for (int i = 1; i <= records; i++) {
            Position position = new Position(1, 100, i, 0);
            writer.send(
                    ITEMS,
                    new Change(
                            "items", Op.CREATE, position, Instant.EPOCH, new byte[] {1}, new byte[] {2}, "v", false));
        }
    }

    @Test
    void batchThatBeginsBelowTheKnownEnd_isRefused_howeverFarItReaches() {
        try (KafkaTopicWriter writer = turningToAnother()) {
            TopicEnds ends = ends();
            writer.begin();
            send(writer, 3);
            writer.flush(ends);
            writer.begin();
            send(writer, 10);
            TopicsDamagedException e = assertThrows(TopicsDamagedException.class, () -> writer.flush(ends));
            assertEquals(Set.of(ITEMS.topic()), e.byTopic().keySet());
            assertTrue(e.getMessage().contains("begin at offset 0, but it was written up to 3"), e.getMessage());
        }
    }

    @Test
    void ledgerRecordBelowTheKnownEnd_isNotCommitted() {
        HastyProducer producer = new HastyProducer();
        try (KafkaTopicWriter writer = KafkaTopicWriter.of(SETTINGS, index -> producer)) {
            producer.initTransactions();
            writer.ledgerEndsAt(1);
            writer.begin();
            writer.writeLedger("cursor", new byte[] {1});
            writer.writeLedger("catalog/items", new byte[] {1});
            LedgerLostException e = assertThrows(LedgerLostException.class, writer::commit);
            assertTrue(
                    e.getMessage().contains("'shop.freshet-ledger'")
                            && e.getMessage().contains("freshet remove source shop"),
                    e.getMessage());
            assertEquals(0, producer.commitCount());
        }
    }

    @Test
    void batchThatWasGivenUp_leavesTheNextOneAlone_alsoIfItCannotBeAborted() {
        HastyProducer stuck = new HastyProducer();
        HastyProducer next = new HastyProducer();
        List.of(stuck, next).forEach(MockProducer::initTransactions);
        stuck.abortTransactionException = new KafkaException("no answer");
        try (KafkaTopicWriter writer = KafkaTopicWriter.of(SETTINGS, index -> index == 1 ? stuck : next)) {
            writer.begin();
            send(writer, 2);
            writer.giveUp();
            writer.begin();
            writer.writeLedger("cursor", new byte[] {1});
            writer.commit();
            assertEquals(
                    List.of(1, 0),
                    List.of(next.history().size(), stuck.history().size()));
        }
    }

    @Test
    void producerInAnErrorState_isExplainedByWhatLiesBehind() {
        HastyProducer producer = new HastyProducer();
        try (KafkaTopicWriter writer = KafkaTopicWriter.of(SETTINGS, index -> producer)) {
            producer.initTransactions();
            writer.begin();
            writer.writeLedger("cursor", new byte[] {1});
            producer.commitTransactionException = new KafkaException(
                    "Cannot execute transactional method because we are in an error state",
                    new NotEnoughReplicasException("fewer in-sync replicas than required"));
            RetriableException e = assertThrows(RetriableException.class, writer::commit);
            assertTrue(e.getMessage().contains("error state (fewer in-sync replicas than required)"), e.getMessage());
        }
    }
}
