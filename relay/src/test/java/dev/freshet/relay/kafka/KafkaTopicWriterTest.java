package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.TopicEnds;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaTopicWriterTest {
    private static final RelaySettings SETTINGS = RelaySettings.builder(
                    "shop",
                    List.of(StreamSettings.of(new TableCapture("items", "item", List.of(), List.of()), "shop.items")),
                    Map.of("bootstrap.servers", "localhost:9092"))
            .build();

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
}
