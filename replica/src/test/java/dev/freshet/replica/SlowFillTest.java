package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fill whose topic is read slowly is not taken for one of a frozen process. */
class SlowFillTest extends InReplicaWorld {
    private static final int ROWS = 200;

    @BeforeEach
    void prepare() throws Exception {
        for (int i = 0; i < ROWS; i++) {
            world.put(i, "x".repeat(1000), i);
        }
        world.relay.commit();
    }

    private ReplicaConfig impatient() {
        return world.config()
                .idleInTransactionTimeout(Duration.ofMillis(1500))
                .freshness(Duration.ofMillis(200), Duration.ofSeconds(30))
                .build();
    }

    /** Waits until one transaction of the replica has lived for much longer than a frozen one may. */
    private void untilTheFillIsOld() {
        ReplicaWorld.until(() -> world.one("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name ="
                        + " 'freshet copy' AND xact_start < clock_timestamp() - interval '9 seconds')")
                .equals("t"));
    }

    @Test
    void fillThatGetsNothingYet_isNotEnded() throws Exception {
        HeldReaders held = new HeldReaders(impatient(), 0);
        try (Replica filler = Replica.start(impatient(), held, Clock.systemUTC())) {
            untilTheFillIsOld();
            held.letGo();
            world.settle();
            assertEquals(world.expectedRows(), world.copy());
            assertTrue(filler.isRunning());
        }
    }

    @Test
    void copyThatGetsNothingMore_isNotEndedByAnInstanceThatStandsBy() throws Exception {
        HeldReaders held = new HeldReaders(impatient(), 100);
        try (Replica filler = Replica.start(impatient(), held, Clock.systemUTC())) {
            ReplicaWorld.until(() -> filler.status().fillRows() >= 100);
            Replica waiting = world.start(impatient());
            ReplicaWorld.until(() -> waiting.status().state() == ReplicaStatus.State.WAITING);
            untilTheFillIsOld();
            held.letGo();
            world.settle();
            assertEquals(world.expectedRows(), world.copy());
            assertEquals("1", world.one("SELECT fill FROM freshet.replica_stream"));
        }
    }

    @Test
    void copyOfManyBytes_endsInPieces() throws Exception {
        world.start(world.config().batchBytes(10_000).build());
        world.settle();
        // each COPY is a command of its own in the transaction
        int pieces = Integer.parseInt(world.one("SELECT count(DISTINCT cmin::text) FROM t"));
        assertTrue(pieces >= ROWS * 1000 / 50_000, pieces + " pieces");
        assertEquals(world.expectedRows(), world.copy());
    }
}
