package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Fills that meet records which the table refuses. */
class DeadLetterFillTest extends DeadLetterWorld {
    @Test
    void fill_parksWhatTheTableRefuses_andNotWhatALaterRecordMends() throws Exception {
        LongStream.range(100, 1100).forEach(id -> world.put(id, "x", 1));
        refused(1, TOO_LONG, 1);
        refused(2, "secret", 500);
        refused(3, TOO_LONG, 1);
        world.put(4, "good", 1);
        world.relay.commit();
        world.put(3, "mended", 1);
        refused(4, "secret", 600);
        world.relay.commit();
        Replica replica = world.start(config().build());
        awaitParked(world, ReplicaWorld.key(1) + ' ' + ReplicaWorld.key(2) + ' ' + ReplicaWorld.key(4));
        ReplicaWorld.until(() -> freshness().contains("3 keys are parked"));
        assertTrue(freshness().startsWith("f|t|"), freshness());
        assertEquals(
                List.of(ReplicaWorld.key(1), ReplicaWorld.key(2), ReplicaWorld.key(4)),
                letters().stream().map(l -> l.key()).sorted().toList());
        assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());

        world.put(1, "mended", 1);
        world.put(2, "mended", 1);
        world.put(4, "mended", 1);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    private void refill() throws Exception {
        world.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
    }

    @Test
    void refillThatMeetsTheSameRecord_parksItAgain_andOneThatDoesNotMendsAll() throws Exception {
        world.start(config().build());
        world.put(1, "good", 1);
        world.put(2, "good", 1);
        world.settle();
        refused(1, TOO_LONG, 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1));
        String since = world.one("SELECT since FROM freshet.replica_parked");
        refill();
        ReplicaWorld.until(() -> world.one("SELECT fill FROM freshet.replica_stream WHERE refill IS NULL")
                .equals("2"));
        awaitParked(world, ReplicaWorld.key(1));
        assertEquals(since, world.one("SELECT since FROM freshet.replica_parked"));
        assertEquals(2, letters().size());
        ReplicaWorld.until(() -> freshness().contains("1 key is parked"));
        assertTrue(freshness().startsWith("f|t|"), freshness());

        world.database.execute("ALTER TABLE t DROP CONSTRAINT short");
        world.expected.put(1L, "1|" + TOO_LONG + "|1");
        refill();
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
    }

    @Test
    void fillThatMeetsMoreThanTheLimit_isHeld() throws Exception {
        LongStream.rangeClosed(1, 3).forEach(id -> refused(id, TOO_LONG, 1));
        world.relay.commit();
        Replica replica = world.start(config().deadLetterLimit(2).build());
        ReplicaWorld.until(() -> String.valueOf(replica.status().reason()).contains("than the 2 of dead-letter-limit"));
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
        LongStream.rangeClosed(1, 3).forEach(id -> world.put(id, "mended", 1));
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void replicaThatShowsWholeTransactionsFromNowOn_isFilledAnew() throws Exception {
        Replica before = world.start(config().build());
        world.settle();
        refused(1, TOO_LONG, 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1));
        before.close();
        world.database.execute("ALTER TABLE t DROP CONSTRAINT short");
        world.expected.put(1L, "1|" + TOO_LONG + "|1");
        world.start(world.config().consistency(Consistency.PER_TRANSACTION).build());
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }
}
