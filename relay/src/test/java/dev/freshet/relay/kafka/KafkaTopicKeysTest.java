package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** What keeps a topic's keys from being read is told, and never waited for. */
class KafkaTopicKeysTest {
    private static final String TOPIC = "shop.items";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration LONG = Duration.ofHours(1);

    /** A consumer whose position has to be validated with the partition's new leader, until it is found. */
    private static final class Moving extends MockConsumer<byte[], Boolean> {
        private boolean leaderless;

        private Moving() {
            super("none");
        }

        @Override
        public synchronized long position(TopicPartition partition) {
            throw new AssertionError("this would wait for a leader");
        }

        @Override
        public synchronized long position(TopicPartition partition, Duration timeout) {
            assertEquals(Duration.ZERO, timeout);
            if (leaderless) {
                throw new TimeoutException("the position is not validated yet");
            }
            return super.position(partition);
        }
    }

    private final AtomicLong nanos = new AtomicLong();

    private KafkaTopicKeys keys(MockConsumer<byte[], Boolean> consumer, long from, Duration limit) {
        KafkaTopicKeys keys = new KafkaTopicKeys(
                consumer,
                TOPIC,
                OffsetVector.of(new long[] {from}),
                OffsetVector.of(new long[] {from + 2}),
                limit,
                nanos::get);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        return keys;
    }

    @Test
    void partitionWithoutALeader_isNotWaitedFor() {
        Moving consumer = new Moving();
        KafkaTopicKeys keys = keys(consumer, 5, LONG);
        consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 5, new byte[] {1}, true));
        List<byte[]> read = new ArrayList<>();
        consumer.leaderless = true;
        assertEquals(OffsetVector.of(new long[] {5}), keys.poll((key, tombstone) -> read.add(key)));
        consumer.leaderless = false;
        assertEquals(OffsetVector.of(new long[] {6}), keys.poll((key, tombstone) -> read.add(key)));
        assertEquals(1, read.size());
    }

    @Test
    void readingThatStandsStill_isAFailureThatTellsWhere() {
        KafkaTopicKeys keys = keys(new MockConsumer<>("none"), 5, Duration.ZERO);
        RetriableException e = assertThrows(RetriableException.class, () -> keys.poll((key, tombstone) -> {}));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("[5] of [7]") && message.contains("find-hanging"), message);
    }

    /** Polls once after the time; the key that there is, or none, is of no interest. */
    private OffsetVector pollAfter(KafkaTopicKeys keys, Duration time) {
        nanos.addAndGet(time.toNanos());
        return keys.poll((key, tombstone) -> {});
    }

    @Test
    void standstillIsCounted_thoughEachTurnTakesLong() {
        Moving consumer = new Moving();
        KafkaTopicKeys keys = keys(consumer, 5, Duration.ofSeconds(30));
        consumer.leaderless = true;
        for (int turn = 1; turn < 30; turn++) {
            pollAfter(keys, Duration.ofSeconds(3));
        }
        assertThrows(RetriableException.class, () -> pollAfter(keys, Duration.ofSeconds(3)));
    }

    @Test
    void pauseIsNoStandstill_butWhatWasCountedBeforeStays() {
        Moving consumer = new Moving();
        KafkaTopicKeys keys = keys(consumer, 5, Duration.ofSeconds(30));
        consumer.leaderless = true;
        for (int turn = 0; turn < 28; turn++) {
            pollAfter(keys, Duration.ofSeconds(1));
        }
        assertEquals(OffsetVector.of(new long[] {5}), pollAfter(keys, LONG));
        assertThrows(RetriableException.class, () -> pollAfter(keys, Duration.ofSeconds(1)));
    }

    @Test
    void refusedReading_namesTheOperationAndTheTopic() {
        MockConsumer<byte[], Boolean> consumer = new MockConsumer<>("none");
        KafkaTopicKeys keys = keys(consumer, 0, LONG);
        consumer.setPollException(new TopicAuthorizationException(Set.of(TOPIC)));
        RetriableException e = assertThrows(RetriableException.class, () -> keys.poll((key, tombstone) -> {}));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("--operation Read --topic '" + TOPIC + "'"), message);
    }

    @Test
    void rightsThatAreMissing_areNamed_andNothingIsConcludedFromSilence() {
        assertEquals(List.of(), TopicRights.missing(TOPIC, Set.of(AclOperation.READ, AclOperation.WRITE)));
        assertEquals(List.of(), TopicRights.missing(TOPIC, null));
        List<String> missing = TopicRights.missing(TOPIC, Set.of(AclOperation.DESCRIBE));
        assertEquals(2, missing.size());
        assertTrue(missing.get(0).contains("--operation Read --topic '" + TOPIC + "'"), missing.get(0));
        assertTrue(missing.get(1).contains("--operation Write --topic '" + TOPIC + "'"), missing.get(1));
    }
}
