package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.ParkedEvents;
import dev.freshet.stream.LedgerView;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A client that gives nothing more of a ledger, and tells no error either. */
class SilentLedgerTest {
    private static final String LEDGER = "shop.freshet-ledger";
    private static final TopicPartition PARTITION = new TopicPartition(LEDGER, 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private long nanos;
    private final KafkaLedgerReader reader = new KafkaLedgerReader(
            consumer, LedgerView.of(LEDGER, Clock.systemUTC()), Duration.ofSeconds(1), () -> nanos);

    private void ledgerEndsAt(long end) {
        Node[] nodes = {Node.noNode()};
        consumer.updatePartitions(LEDGER, List.of(new PartitionInfo(LEDGER, 0, nodes[0], nodes, nodes)));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
    }

    private int poll() throws InterruptedException {
        return reader.poll(Duration.ZERO);
    }

    private void read() throws InterruptedException {
        consumer.addRecord(new ConsumerRecord<>(
                LEDGER,
                0,
                0,
                LedgerKey.parked("orders").getBytes(StandardCharsets.UTF_8),
                LedgerCodec.encode(new ParkedEvents(1, Position.ZERO))));
        assertEquals(1, poll());
    }

    @Test
    void ledgerMadeAgain_isALoss_alsoIfTheClientGivesNothingOfTheNewOne() throws Exception {
        ledgerEndsAt(1);
        read();
        ledgerEndsAt(0);
        nanos += KafkaLedgerReader.SILENCE.toNanos() - 1;
        assertEquals(0, poll());
        nanos++;
        assertThrows(LossException.class, this::poll);
    }

    @Test
    void ledgerThatIsWhole_mayBeSilent_andIsAskedSeldom() throws Exception {
        ledgerEndsAt(1);
        read();
        for (int i = 0; i < 3; i++) {
            nanos += KafkaLedgerReader.SILENCE.toNanos();
            assertEquals(0, poll());
        }
        ledgerEndsAt(0);
        assertEquals(0, poll());
    }

    @Test
    void ledgerOfWhichNothingIsKnownNow_isPolledOn_andReadToItsEndByNobody() throws Exception {
        nanos += KafkaLedgerReader.SILENCE.toNanos();
        assertEquals(0, poll());
        assertThrows(RetriableException.class, () -> reader.readToEnd(Duration.ofSeconds(1)));
    }
}
