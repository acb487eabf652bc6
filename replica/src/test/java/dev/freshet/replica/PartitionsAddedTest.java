package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic that gets more partitions than its copy was filled with. */
@OnServers
class PartitionsAddedTest {
    private ReplicaWorld world;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase database) throws Exception {
        world = new ReplicaWorld(kafka, prefix, database, 2);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Replica start() {
        return world.start(world.config().kafka("metadata.max.age.ms", "300").build());
    }

    /** Returns an id above another whose key goes into these partitions when there are 2, 3, 4 of them. */
    private static long idThatGoes(long above, int... partitions) {
        for (long id = above + 1; ; id++) {
            boolean goes = true;
            for (int i = 0; i < partitions.length; i++) {
                goes &= PlayedRelay.partitionOf(ReplicaWorld.key(id), 2 + i) == partitions[i];
            }
            if (goes) {
                return id;
            }
        }
    }

    @Test
    void addedPartition_isNotApplied_untilTheRelayHasTakenItOver() throws Exception {
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

        world.relay.takeOverPartitions("t", 3);
        world.expected.put(7L, "7|x|1");
        long moved = idThatGoes(100, 0, 2);
        world.put(moved, "moved", 4);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
        world.put(moved, "again", 5);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void keyThatStandsInTwoPartitions_isFilledWithItsLatestState() throws Exception {
        // whichever partition is read first, of each pair one key has its older state in the other one
        long[] moved = {idThatGoes(100, 0, 1, 2), idThatGoes(100, 1, 0, 3)};
        long[] deleted = {idThatGoes(moved[0], 0, 1, 2), idThatGoes(moved[1], 1, 0, 3)};
        for (int i = 0; i < 2; i++) {
            world.put(moved[i], "old", 1);
            world.put(deleted[i], "old", 1);
        }
        world.relay.commit();
        world.relay.addPartitions("t", 3);
        world.relay.takeOverPartitions("t", 3);
        for (int i = 0; i < 2; i++) {
            world.put(moved[i], "new", 2);
            world.delete(deleted[i]);
        }
        world.relay.commit();
        Replica three = start();
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        three.close();

        // now none of them stands where it would be written
        world.relay.addPartitions("t", 4);
        world.relay.takeOverPartitions("t", 4);
        world.put(1, "a", 1);
        world.relay.commit();
        world.start(world.config().fillPieceRows(1).batchBytes(1 << 10).build());
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
    }
}
