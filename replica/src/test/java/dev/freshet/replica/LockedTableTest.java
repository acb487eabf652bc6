package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that is to be altered while it is read is asked for its lock once a back-off, and not by each of its partitions. */
class LockedTableTest extends InReplicaWorld {
    private static final int PARTITIONS = 12;
    private static final Duration FIRST_WAIT = Duration.ofMinutes(1);
    private static final Duration APART = Duration.ofSeconds(1);

    private final HandClock clock = new HandClock();
    private int others;

    @Override
    protected int partitions() {
        return PARTITIONS;
    }

    @BeforeEach
    void prepare() throws Exception {
        world.relay.capture(new SchemaRecord("other", ReplicaWorld.SCHEMA.columns(), List.of("id")), 1);
        world.put(1, "a", 1);
        world.relay.commit();
        ReplicaConfig.Builder both = ReplicaConfig.builder("copy").stream(
                new StreamTarget("other", world.relay.topic("other"), null, TableName.parse("public.other"), Map.of()));
        ReplicaConfig config =
                world.config(both).retry(FIRST_WAIT, Duration.ofHours(1)).build();
        world.closes(Replica.start(config, new KafkaReaders(config, clock), clock));
        ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.copy()
                .equals(world.expectedRows()));
        otherStreamGoesOn();
        // before the lock is waited for, and kept by those that are given up
        world.database.execute(
                "CREATE SEQUENCE asked MINVALUE 0",
                "SELECT nextval('asked')",
                "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM nextval('public.asked'); END $$",
                "CREATE EVENT TRIGGER noted ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION note()");
    }

    /** When it is over, the instance has looked at all that waits since it began. */
    private void otherStreamGoesOn() throws Exception {
        for (int i = 0; i < 2; i++) {
            putOther(1);
            ReplicaWorld.await()
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> world.one("SELECT count(*) FROM other").equals(Integer.toString(others)));
        }
    }

    private void putOther(int n) throws Exception {
        others++;
        world.relay.put(
                "other", Op.CREATE, ReplicaWorld.key(others), "{\"id\":" + others + ",\"name\":\"x\",\"n\":" + n + "}");
        world.relay.commit();
    }

    private String asked() throws SQLException {
        return world.one("SELECT last_value FROM asked");
    }

    private String stopped() throws SQLException {
        return world.one("SELECT count(*) FROM freshet.replica_position WHERE stopped IS NOT NULL");
    }

    /** Has a further partition meet the new column, and stop before it. */
    private void stop(int partition) throws Exception {
        int before = Integer.parseInt(stopped());
        put(partition);
        world.relay.commit();
        ReplicaWorld.until(() -> stopped().equals(Integer.toString(before + 1)));
    }

    private void put(int partition) {
        long id = 2;
        while (world.relay.partitionOf("t", ReplicaWorld.key(id)) != partition) {
            id++;
        }
        world.relay.put(
                "t", Op.CREATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"wider\",\"n\":2,\"extra\":null}");
        world.expected.put(id, id + "|wider|2");
    }

    private void widen() {
        List<Column> columns = new ArrayList<>(ReplicaWorld.SCHEMA.columns());
        columns.add(new Column("extra", "text", true, true));
        world.relay.evolve(new SchemaRecord("t", columns, List.of("id")));
    }

    /** Returns a transaction that reads the table until it is rolled back. */
    private Connection reader() throws SQLException {
        Connection reader = world.database.connect();
        reader.setAutoCommit(false);
        try (Statement read = reader.createStatement()) {
            read.executeQuery("SELECT FROM t").close();
        }
        return reader;
    }

    @Test
    void lock_isAskedForOnceABackOff_howeverManyPartitionsWait_andAnotherStreamGoesOn() throws Exception {
        widen();
        try (Connection reader = reader()) {
            // one after the other, as the partitions of a table with few changes do
            for (int p = 0; p < PARTITIONS; p++) {
                stop(p);
                clock.advance(APART);
            }
            assertEquals("1", asked());
            clock.advance(FIRST_WAIT.minus(APART.multipliedBy(PARTITIONS)));
            ReplicaWorld.until(() -> asked().equals("2"));
            for (int p = 0; p < PARTITIONS; p++) {
                clock.advance(APART);
                otherStreamGoesOn();
            }
            assertEquals("2", asked());
            // it has doubled
            clock.advance(FIRST_WAIT);
            otherStreamGoesOn();
            assertEquals("2", asked());
            clock.advance(FIRST_WAIT);
            ReplicaWorld.until(() -> asked().equals("3"));
            otherStreamGoesOn();
            assertEquals("3", asked());
            reader.rollback();
        }
        clock.advance(FIRST_WAIT.multipliedBy(4));
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        assertEquals("4", asked());
        assertEquals("0", stopped());
    }

    @Test
    void lock_isNotAskedForAgain_asTheTablesAreLookedAtAgain() throws Exception {
        world.database.execute("ALTER TABLE other ADD CONSTRAINT small CHECK (n < 100)");
        String before = asked();
        widen();
        try (Connection reader = reader()) {
            stop(0);
            // what the database refuses may be due to another shape of its table
            putOther(500);
            ReplicaWorld.until(() -> stopped().equals("2"));
            stop(1);
            assertEquals(Integer.parseInt(before) + 1, Integer.parseInt(asked()));
            reader.rollback();
        }
        clock.advance(FIRST_WAIT);
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
    }
}
