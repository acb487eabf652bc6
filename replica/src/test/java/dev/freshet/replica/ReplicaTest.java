package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.StreamStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaTest extends InReplicaWorld {
    @Override
    protected int partitions() {
        return 3;
    }

    @Test
    void copy_isFilledAndThenKept() throws Exception {
        for (int i = 0; i < 2000; i++) {
            world.put(Op.CREATE, i, "row " + i, i);
        }
        for (int i = 0; i < 2000; i += 3) {
            world.put(i, "again", -i);
        }
        for (int i = 0; i < 2000; i += 7) {
            world.delete(i);
        }
        world.put(70, "back", 70);
        world.relay.commit();
        Replica replica = world.start();
        world.settle();
        assertEquals(world.expectedRows(), world.copy());

        for (int i = 0; i < 3000; i += 2) {
            world.put(i, "live", i + 1);
        }
        world.delete(1);
        world.delete(70);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        ReplicaWorld.until(() -> replica.status().complete());
        ReplicaStatus status = replica.status();
        assertEquals(ReplicaStatus.State.RUNNING, status.state());
        assertEquals(3, status.partitions().size());
        assertTrue(status.freshnessMillis() != null && status.freshnessMillis() < 60_000, status.toString());
    }

    @Test
    void snapshotUnderWay_isCopiedToItsEnd_andNotAppliedRowByRow() throws Exception {
        world.relay.status("t", StreamStatus.SNAPSHOTTING);
        world.put(Op.READ, 0, "row", 0);
        world.relay.commit();
        Replica replica = world.start();
        int rows = 1;
        ReplicaWorld.until(() -> replica.status().fillRows() > 0);
        while (rows < 20) {
            world.put(Op.READ, rows, "row", rows);
            world.relay.commit();
            rows++;
        }
        assertEquals(ReplicaStatus.State.FILLING, replica.status().state());
        world.put(Op.READ, rows, "last row", rows);
        world.relay.status("t", StreamStatus.RUNNING);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(0, replica.status().applied());
    }

    @Test
    void abortedChanges_areNeverSeen() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
        world.start();
        world.settle();
        world.relay.put("t", Op.UPDATE, ReplicaWorld.key(1), "{\"id\":1,\"name\":\"aborted\",\"n\":9}");
        world.relay.abort();
        world.put(2, "b", 2);
        world.settle();
        assertEquals(List.of("1|a|1", "2|b|2"), world.copy());
    }
}
