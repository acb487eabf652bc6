package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances that freeze inside a transaction: their locks do not keep a successor away for long. */
class TakeOverTest extends InReplicaWorld {
    @BeforeEach
    void prepare() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
    }

    private ReplicaConfig impatient() {
        return world.config()
                .lockTimeout(Duration.ofMillis(300))
                .idleInTransactionTimeout(Duration.ofMillis(800))
                .build();
    }

    /** A session that looks like an instance's, and will not move again. */
    private Connection frozen(String locking) throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", world.database.user());
        p.setProperty("password", world.database.password());
        p.setProperty("ApplicationName", "freshet copy");
        Connection db = DriverManager.getConnection(world.database.jdbcUrl(), p);
        db.setAutoCommit(false);
        try (Statement s = db.createStatement()) {
            s.execute(locking);
        }
        return db;
    }

    @Test
    void frozenOwner_isEndedAndItsPartitionsTakenOver() throws Exception {
        Replica first = world.start(impatient());
        world.settle();
        first.close();
        try (Connection owner =
                frozen("UPDATE freshet.replica_position SET next_offset = 1000000, position = 'never committed'")) {
            world.put(2, "b", 2);
            world.relay.commit();
            world.start(impatient());
            world.settle();
            assertEquals(world.expectedRows(), world.copy());
            assertThrows(SQLException.class, owner::commit);
        }
    }

    @Test
    void frozenFiller_isEndedAndTheTableFilled() throws Exception {
        Replica first = world.start(impatient());
        world.settle();
        first.close();
        world.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
        try (Connection filler = frozen("SELECT FROM freshet.replica_stream FOR UPDATE")) {
            Replica second = world.start(impatient());
            ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.WAITING);
            world.put(2, "b", 2);
            world.settle();
            assertEquals(world.expectedRows(), world.copy());
            assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
            assertThrows(SQLException.class, filler::commit);
        }
    }

    @Test
    void longReaderOfTheTable_delaysTheSwapAndIsNotHarmed() throws Exception {
        Replica first = world.start(impatient());
        world.settle();
        first.close();
        world.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
        try (Connection reader = world.database.connect();
                Statement s = reader.createStatement()) {
            reader.setAutoCommit(false);
            s.executeQuery("SELECT * FROM t").close();
            Replica second = world.start(impatient());
            ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.FILLING
                    && second.status().fillRows() > 0);
            s.executeQuery("SELECT * FROM t").close();
            reader.commit();
            ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.RUNNING);
        }
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
        assertEquals(world.expectedRows(), world.copy());
    }
}
