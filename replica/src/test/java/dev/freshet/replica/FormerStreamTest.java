package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.table.TableName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the database still holds of streams that the replica has no longer says nothing of those that it has. */
class FormerStreamTest extends InReplicaWorld {
    @Test
    void partitionOfAFormerStreamThatHasStopped_keepsNoOtherFromBeingComplete() throws Exception {
        world.relay.capture(new SchemaRecord("u", ReplicaWorld.SCHEMA.columns(), List.of("id")), 1);
        Replica both = world.start(world.config().stream(
                        new StreamTarget("u", world.relay.topic("u"), null, TableName.parse("public.u"), Map.of()))
                .build());
        world.settle();
        both.close();
        world.database.execute("UPDATE freshet.replica_position SET stopped = 'a test stopped it' WHERE stream = 'u'");
        Replica left = world.start();
        world.put(1, "a", 1);
        world.settle();
        assertEquals(2, left.status().partitions().size());
    }

    @Test
    void streamThatHasAnotherName_isCompleteByItsOwnPositions() throws Exception {
        world.put(1, "a", 1);
        Replica before = world.start();
        world.settle();
        before.close();
        // sorted behind the stream "t" of the same topic
        world.database.execute(
                "UPDATE freshet.replica_stream SET stream = 'u'",
                "UPDATE freshet.replica_position SET stream = 'u'",
                "DROP TABLE t");
        world.put(2, "b", 2);
        world.relay.commit();
        world.start();
        world.settle();
        world.put(3, "c", 3);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }
}
