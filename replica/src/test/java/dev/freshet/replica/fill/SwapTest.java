package dev.freshet.replica.fill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.replica.InReplicaWorld;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A filled table that is put in the place of one that others use. */
class SwapTest extends InReplicaWorld {
    @BeforeEach
    void prepare() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
        try (HandDrivenFill first = new HandDrivenFill(world.config().build())) {
            first.untilComplete();
            assertEquals(-1, first.fill.work());
        }
        world.put(2, "b", 2);
        world.relay.commit();
        world.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
    }

    @Test
    void tableThatIsRead_isLeftAloneForAPause() throws Exception {
        try (HandDrivenFill second = new HandDrivenFill(world.config().build());
                Connection reader = world.database.connect();
                Statement s = reader.createStatement()) {
            reader.setAutoCommit(false);
            s.executeQuery("SELECT * FROM t").close();
            second.untilComplete();
            assertEquals(0, second.fill.work());
            reader.commit();
            // the table is free now, but the next try comes only after the pause
            assertEquals(0, second.fill.work());
            assertEquals(0, second.fill.work());
            second.clock.advance(Swap.PAUSE);
            assertEquals(-1, second.fill.work());
        }
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
    }

    @Test
    void deadlock_isTriedAgainAndTheFillKept() throws Exception {
        world.database.execute(
                "CREATE SEQUENCE tries",
                "CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''tries'') = 1 THEN"
                        + " RAISE EXCEPTION USING ERRCODE = ''deadlock_detected''; END IF; RETURN NEW; END'",
                "CREATE TRIGGER deadlock BEFORE UPDATE OF fill ON freshet.replica_stream FOR EACH ROW EXECUTE FUNCTION"
                        + " deadlock()");
        try (HandDrivenFill second = new HandDrivenFill(world.config().build())) {
            second.untilComplete();
            assertEquals(0, second.fill.work());
            assertEquals("1", world.one("SELECT last_value FROM tries"));
            second.clock.advance(Swap.PAUSE);
            assertEquals(-1, second.fill.work());
        }
        assertEquals(world.expectedRows(), world.copy());
    }
}
