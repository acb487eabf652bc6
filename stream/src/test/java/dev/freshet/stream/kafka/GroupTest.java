package dev.freshet.stream.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.stream.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class GroupTest {
    private static final int PARTITIONS = 4;

    private final GroupMember.Store store = new GroupMember.Store();
    private final List<GroupMember> members = new ArrayList<>();
    private final List<List<String>> written = new ArrayList<>();
    private EmbeddedKafka kafka;
    private TestRelay relay;
    private String topic;
    private int next;

    @BeforeEach
    void start(EmbeddedKafka shared, TopicPrefix prefix) throws Exception {
        kafka = shared;
        relay = new TestRelay(kafka.bootstrapServers(), prefix + "shop");
        topic = relay.capture("orders", PARTITIONS);
        for (int p = 0; p < PARTITIONS; p++) {
            written.add(new ArrayList<>());
        }
    }

    @AfterEach
    void close() {
        members.forEach(GroupMember::close);
        relay.close();
    }

    private GroupMember join(Map<String, String> properties) {
        KafkaStreamReader reader = KafkaStreamReader.create(
                new KafkaConnection(kafka.bootstrapServers(), properties),
                "member",
                "freshet." + topic,
                Duration.ofSeconds(10));
        GroupMember member = new GroupMember(reader, Set.of(topic), store);
        members.add(member);
        return member;
    }

    private void write(int transactions) throws Exception {
        for (int i = 0; i < transactions; i++) {
            relay.begin();
            for (int p = 0; p < PARTITIONS; p++) {
                String value = "v" + next++;
                relay.put("orders", p, "k", value);
                written.get(p).add(value);
            }
            if (i % 3 == 2) {
                relay.abort();
                written.forEach(w -> w.remove(w.size() - 1));
            } else {
                relay.commit();
            }
        }
    }

    private static void until(Callable<Boolean> there) {
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(40))
                .until(there);
    }

    private void allApplied() {
        int wanted = written.stream().mapToInt(List::size).sum();
        until(() -> {
            members.forEach(GroupMember::check);
            return store.count() >= wanted;
        });
        synchronized (store) {
            for (int p = 0; p < PARTITIONS; p++) {
                assertEquals(written.get(p), store.applied.getOrDefault(new Partition(topic, p), List.of()));
            }
        }
    }

    @Test
    void joiningAndLeaving_losesAndDoublesNothing() throws Exception {
        GroupMember first = join(Map.of()).start();
        write(5);
        until(() -> first.owned.size() == PARTITIONS);
        GroupMember second = join(Map.of()).start();
        write(20);
        until(() -> first.owned.size() == 2 && second.owned.size() == 2);
        assertEquals(2, first.everRevoked.size(), "cooperative: what stays is not revoked");
        write(20);
        second.close();
        write(20);
        until(() -> first.owned.size() == PARTITIONS);
        allApplied();
        assertEquals(0, store.refused);
    }

    @Test
    void deadMember_isReplacedAfterTheSessionTimeout() throws Exception {
        Map<String, String> soon = Map.of("session.timeout.ms", "1500");
        GroupMember survivor = join(soon).start();
        until(() -> survivor.owned.size() == PARTITIONS);
        GroupMember mute = join(Map.of("session.timeout.ms", "1500", "max.poll.interval.ms", "1500"))
                .start();
        until(() -> mute.owned.size() == 2);
        synchronized (mute.stalled) {
            mute.stall = true;
            until(() -> survivor.owned.size() == PARTITIONS);
            write(10);
            allApplied();
            mute.stall = false;
        }
        until(() -> mute.owned.size() == 2 && survivor.owned.size() == 2);
        assertEquals(2, mute.everLost.size(), "what it had was lost, not revoked");
        write(10);
        allApplied();
    }

    @Test
    void storeThatIsAway_isAskedAgain_withoutLosingTheMembership() throws Exception {
        write(5);
        GroupMember member = join(Map.of()).failing(3).start();
        allApplied();
        assertEquals(3, member.failures.get());
        assertTrue(member.everRevoked.isEmpty());
    }

    @Test
    void offsetsCommittedInKafka_areNeverUsed() throws Exception {
        write(6);
        relay.admin
                .alterConsumerGroupOffsets(
                        "freshet." + topic,
                        Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(5)),
                        new AlterConsumerGroupOffsetsOptions())
                .all()
                .get(30, TimeUnit.SECONDS);
        join(Map.of()).start();
        allApplied();
    }

    @Test
    void newerGroupProtocol_worksToo() throws Exception {
        GroupMember first = join(Map.of("group.protocol", "consumer")).start();
        write(5);
        until(() -> first.owned.size() == PARTITIONS);
        GroupMember second = join(Map.of("group.protocol", "consumer")).start();
        write(5);
        until(() -> first.owned.size() == 2 && second.owned.size() == 2);
        write(5);
        second.close();
        write(5);
        allApplied();
    }
}
