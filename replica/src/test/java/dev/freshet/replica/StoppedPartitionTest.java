package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoppedPartitionTest extends InReplicaWorld {
    @BeforeEach
    void prepare() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer CONSTRAINT small CHECK (n < 100))");
    }

    private long idOfPartition(int partition, int skip) {
        for (long id = 1; ; id++) {
            if (world.relay.partitionOf("t", ReplicaWorld.key(id)) == partition && skip-- == 0) {
                return id;
            }
        }
    }

    @Test
    void recordThatCannotBeApplied_stopsItsPartitionAloneUntilTheCauseIsGone() throws Exception {
        Replica replica = world.start();
        world.settle();
        long bad = idOfPartition(0, 0);
        long before = idOfPartition(0, 1);
        long after = idOfPartition(0, 2);
        long other = idOfPartition(1, 0);
        world.put(before, "before", 1);
        world.put(bad, "secret", 500);
        world.put(after, "after", 2);
        world.put(other, "other", 3);
        world.relay.commit();
        ReplicaWorld.until(
                () -> world.copy().contains(other + "|other|3") && world.copy().contains(before + "|before|1"));
        ReplicaWorld.until(
                () -> world.one("SELECT reason FROM freshet.freshness").contains("small"));
        assertEquals("f", world.one("SELECT complete FROM freshet.freshness"));
        String reason = world.one("SELECT reason FROM freshet.freshness");
        assertTrue(reason.contains(world.relay.topic("t") + "-0@"), reason);
        assertFalse(reason.contains("secret") || reason.contains("500"), reason);
        assertTrue(reason.contains("alter the copy's table") && reason.contains("dead-letter-topic"), reason);
        assertFalse(reason.contains("source"), "what is changed there may stand far behind: " + reason);
        assertEquals(2, world.copy().size(), "nothing behind the record is applied");
        world.put(idOfPartition(1, 1), "goes on", 4);
        world.relay.commit();
        ReplicaWorld.until(() -> world.copy().size() == 3);
        assertTrue(replica.status().partitions().get(0).stopped() != null);

        world.database.execute("ALTER TABLE t DROP CONSTRAINT small");
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    /** A partition's log ends with the marker of its last transaction, which is no record. */
    @Test
    void otherPartition_isAtItsEndThoughARecordOfTheSameBatchCannotBeApplied() throws Exception {
        world.start();
        world.settle();
        world.put(idOfPartition(1, 0), "other", 3);
        world.put(idOfPartition(0, 0), "secret", 500);
        world.relay.commit();
        ReplicaWorld.until(() -> !world.one("SELECT stopped FROM freshet.replica_position WHERE partition = 0")
                .equals("null"));
        ReplicaWorld.until(() -> world.one("SELECT next_offset FROM freshet.replica_position WHERE partition = 1")
                .equals("2"));
    }

    @Test
    void recordThatNoRelayWrote_stopsItsPartitionAlone() throws Exception {
        world.start();
        world.settle();
        long other = idOfPartition(1, 0);
        world.relay.foreign("t", 0, "{\"id\":1}", "{\"id\":1,\"name\":\"x\",\"n\":1}");
        world.put(other, "other", 3);
        world.relay.commit();
        ReplicaWorld.until(() -> world.copy().contains(other + "|other|3"));
        ReplicaWorld.until(
                () -> world.one("SELECT reason FROM freshet.freshness").contains(world.relay.topic("t") + "-0@0"));
        assertEquals("f", world.one("SELECT complete FROM freshet.freshness"));
        assertEquals(1, world.copy().size());
    }

    @Test
    void recordThatCannotBeApplied_isNamedByAFillToo() throws Exception {
        world.put(1, "fine", 1);
        world.put(2, "secret", 500);
        world.put(2, "replaced", 5);
        world.put(3, "secret", 600);
        world.relay.commit();
        Replica replica = world.start();
        ReplicaWorld.until(() -> String.valueOf(replica.status().reason()).contains("small"));
        world.put(3, "mended", 6);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void recordThatWasAppliedBefore_isDropped() throws Exception {
        Position old = world.relay.put("t", Op.CREATE, ReplicaWorld.key(1), "{\"id\":1,\"name\":\"old\",\"n\":1}");
        world.put(1, "new", 2);
        world.start();
        world.settle();
        world.relay.resend(
                "t",
                world.relay.partitionOf("t", ReplicaWorld.key(1)),
                old,
                Op.CREATE,
                ReplicaWorld.key(1),
                "{\"id\":1,\"name\":\"old\",\"n\":1}",
                ReplicaWorld.SCHEMA.version());
        world.settle();
        assertEquals(List.of("1|new|2"), new ArrayList<>(world.copy()));
    }
}
