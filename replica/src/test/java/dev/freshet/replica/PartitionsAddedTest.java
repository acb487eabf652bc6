package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A topic that gets more partitions than its copy was filled with. */
class PartitionsAddedTest extends InReplicaWorld {
    private Replica start() {
        return world.start(world.config().kafka("metadata.max.age.ms", "300").build());
    }

    /** Returns an id whose key goes into the third of three partitions. */
    private static long idInThird() {
        long id = 100;
        while (PlayedRelay.partitionOf(ReplicaWorld.key(id), 3) != 2) {
            id++;
        }
        return id;
    }

    @Test
    void addedPartition_isNotApplied_untilTheStreamIsCapturedAnew() throws Exception {
        Replica replica = start();
        world.put(1, "a", 1);
        world.settle();
        world.relay.addPartitions("t", 3);
        ReplicaWorld.until(() -> world.one("SELECT reason FROM freshet.freshness")
                .contains("has 3 partitions, the copy was filled with 2"));
        assertEquals("f", world.one("SELECT complete FROM freshet.freshness"));
        assertTrue(world.one("SELECT reason FROM freshet.freshness").contains("freshet remove stream t"));

        // the instance has joined the third one as well, and goes on with the others
        ReplicaWorld.until(() -> world.relay.isAssigned(world.relay.source + ".copy", "t", 2));
        Position strange = new Position(1, 5, 1, 0);
        String version = ReplicaWorld.SCHEMA.version();
        world.relay.resend("t", 2, strange, Op.CREATE, "{\"id\":7}", "{\"id\":7,\"name\":\"x\",\"n\":1}", version);
        world.put(2, "b", 2);
        world.put(3, "c", 3);
        world.relay.commit();
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());
        assertEquals(
                List.of("0", "1"),
                world.rows("SELECT partition FROM freshet.replica_position WHERE fill = 1 ORDER BY 1"));

        // the repair: the stream is removed, which deletes its topic, and begun anew in one of three partitions
        world.relay.recreate("t", 3);
        world.expected.clear();
        long third = idInThird();
        world.put(third, "third", 4);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
        world.put(third, "again", 5);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void emptyTopic_isFilledAnew_onceTheRelayHasBegunItWithTheAddedPartitions() throws Exception {
        start();
        world.settle();
        world.relay.addPartitions("t", 3);
        ReplicaWorld.until(() -> world.one("SELECT reason FROM freshet.freshness")
                .contains("has 3 partitions, the copy was filled with 2"));
        world.relay.beginAnew("t", 3);
        long third = idInThird();
        world.put(third, "third", 1);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        world.put(third, "again", 2);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
    }
}
