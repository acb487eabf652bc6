package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An instance has caught up once its copy has had all that the topics held when it was started. */
class CaughtUpTest extends InReplicaWorld {
    private static final int CHANGES = 500;

    @BeforeEach
    void fillAndStop() throws Exception {
        world.put(1, "a", 1);
        Replica first = world.start();
        world.settle();
        ReplicaWorld.until(() -> first.status().caughtUp());
        first.close();
    }

    private void putMany(int n) throws Exception {
        for (long id = 1; id <= CHANGES; id++) {
            world.put(id, "b", n);
        }
        world.relay.commit();
    }

    private void lockTable(Connection db) throws SQLException {
        db.setAutoCommit(false);
        try (Statement s = db.createStatement()) {
            s.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        }
    }

    private static void untilBehindAndComplete(Replica replica) {
        ReplicaWorld.until(() -> replica.status().complete() && replica.status().changesBehind() >= CHANGES);
    }

    @Test
    void copyThatIsCompleteAsOfBeforeTheRestart_hasNotCaughtUpUntilWhatWaitedIsApplied() throws Exception {
        putMany(2);
        Replica second;
        try (Connection db = world.database.connect()) {
            lockTable(db);
            second = world.start();
            untilBehindAndComplete(second);
            String position = second.status().position();
            // a report later, of newer boundaries that it has not passed either
            world.relay.commit();
            world.relay.commit();
            untilBehindAndComplete(second);
            assertEquals(position, second.status().position());
            assertFalse(second.status().caughtUp());
            db.rollback();
        }
        ReplicaWorld.until(() -> second.status().caughtUp());
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void lagThatComesLater_doesNotUndoIt() throws Exception {
        Replica second = world.start();
        ReplicaWorld.until(() -> second.status().caughtUp());
        try (Connection db = world.database.connect()) {
            lockTable(db);
            putMany(3);
            untilBehindAndComplete(second);
            assertTrue(second.status().caughtUp());
            db.rollback();
        }
        world.settle();
        assertTrue(second.status().caughtUp());
    }

    @Test
    void relayThatIsDown_keepsNoneFromCatchingUp() throws Exception {
        putMany(2);
        Replica second =
                world.start(world.config().ledgerLimit(Duration.ofMillis(1)).build());
        ReplicaWorld.until(() -> second.status().caughtUp());
        assertEquals(world.expectedRows(), world.copy());
        ReplicaWorld.until(() -> String.valueOf(second.status().reason()).contains("The relay has written nothing"));
        assertFalse(second.status().complete());
        assertTrue(second.status().caughtUp());
    }
}
