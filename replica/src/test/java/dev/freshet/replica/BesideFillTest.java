package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A first fill keeps no copy waiting that is filled already, in no instance, whatever it is doing. */
class BesideFillTest extends InReplicaWorld {
    // sorted before the stream "t", so that it is filled first
    private static final String OTHER = "a";

    @BeforeEach
    void prepare() throws Exception {
        world.relay.capture(new SchemaRecord(OTHER, ReplicaWorld.SCHEMA.columns(), List.of("id")), 2);
        other(0);
        world.put(1, "slow", 1);
        world.relay.commit();
    }

    private ReplicaConfig both() {
        ReplicaConfig.Builder both = ReplicaConfig.builder("copy").stream(
                new StreamTarget(OTHER, world.relay.topic(OTHER), null, TableName.parse("public.a"), Map.of()));
        return world.config(both).lockTimeout(Duration.ofMinutes(5)).build();
    }

    private void other(long id) {
        world.relay.put(OTHER, Op.UPDATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"x\",\"n\":" + id + "}");
    }

    private void untilOthers(int rows) {
        ReplicaWorld.await()
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> world.one("SELECT count(*) FROM a").equals(Integer.toString(rows)));
    }

    private void untilOneIsFilled() {
        untilOthers(1);
    }

    private String fill(String stream) throws SQLException {
        return world.one("SELECT fill FROM freshet.replica_stream WHERE stream = '" + stream + "'");
    }

    @Test
    void copyThatIsFilled_isApplied_whileTheNextIsFilledForLong() throws Exception {
        HeldReaders held = new HeldReaders(both(), 0, world.relay.topic("t"));
        try (Replica replica = Replica.start(both(), held, Clock.systemUTC())) {
            untilOneIsFilled();
            other(1);
            world.relay.commit();
            untilOthers(2);
            assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());
            assertEquals("0", fill("t"));
            held.letGo();
            world.settle();
            world.put(2, "live", 1);
            world.settle();
            assertEquals(world.expectedRows(), world.copy());
            assertEquals("1", fill(OTHER));
        }
    }

    @Test
    void instanceThatComesWhileAnotherFills_takesItsShareAndTakesOver() throws Exception {
        HeldReaders held = new HeldReaders(both(), 0, world.relay.topic("t"));
        Replica filler = Replica.start(both(), held, Clock.systemUTC());
        try {
            untilOneIsFilled();
            try (Replica second = Replica.start(both(), held, Clock.systemUTC())) {
                ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.RUNNING);
                // the members' shares settle in their own time: changes come until this one has applied some
                int rows = 1;
                while (second.status().applied() == 0) {
                    other(rows++);
                    world.relay.commit();
                    untilOthers(rows);
                }
                assertEquals("0", fill("t"));
                filler.close();
                other(rows++);
                world.relay.commit();
                untilOthers(rows);
                held.letGo();
                world.settle();
                assertEquals(world.expectedRows(), world.copy());
            }
        } finally {
            filler.close();
        }
    }

    @Test
    void copyThatIsFilled_isApplied_whileAnIndexOfTheNextIsBuilt() throws Exception {
        world.database.execute(
                "CREATE FUNCTION slow(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN $1; END'",
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer)",
                "CREATE INDEX ON t (public.slow(name))");
        try (Connection builder = world.database.connect();
                Statement s = builder.createStatement()) {
            builder.setAutoCommit(false);
            s.execute("SELECT pg_advisory_xact_lock(7)");
            world.start(both());
            ReplicaWorld.until(
                    () -> world.one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND wait_event = 'advisory' AND application_name = 'freshet copy'")
                            .equals("1"));
            other(1);
            world.relay.commit();
            untilOthers(2);
            assertEquals("0", fill("t"));
            builder.commit();
        }
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }
}
