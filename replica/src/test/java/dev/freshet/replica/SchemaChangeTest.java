package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchemaChangeTest extends InReplicaWorld {
    private static final SchemaRecord WIDER = new SchemaRecord(
            "t",
            List.of(
                    new Column("id", "bigint", false, true),
                    new Column("name", "text", true, true),
                    new Column("n", "integer", true, true),
                    new Column("extra", "text[]", true, true)),
            List.of("id"));

    @BeforeEach
    void prepare() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
    }

    private void widen() throws Exception {
        world.relay.evolve(WIDER);
        world.relay.put(
                "t",
                Op.CREATE,
                ReplicaWorld.key(2),
                "{\"id\":2,\"name\":\"b\",\"n\":2,\"extra\":[\"x\",null,\"a \\\"q\\\"\"]}");
    }

    private void widenAndAskForAFill() throws Exception {
        Replica first = world.start();
        world.settle();
        first.close();
        widen();
        world.relay.commit();
        world.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
    }

    /** Returns a transaction that reads the table until it is rolled back. */
    private Connection report() throws Exception {
        Connection c = world.database.connect();
        c.setAutoCommit(false);
        try (Statement s = c.createStatement()) {
            s.executeQuery("SELECT FROM t").close();
        }
        return c;
    }

    @Test
    void evolve_addsTheColumn() throws Exception {
        world.start();
        world.settle();
        widen();
        world.settle();
        assertEquals(
                List.of("1|a|1|null", "2|b|2|{x,NULL,\"a \\\"q\\\"\"}"), world.rows("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void evolve_isThereAlreadyForALaterFill() throws Exception {
        widen();
        world.start();
        world.settle();
        assertEquals(
                List.of("1|a|1|null", "2|b|2|{x,NULL,\"a \\\"q\\\"\"}"), world.rows("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void evolve_waitsForAReaderWithoutHoldingUpOthers() throws Exception {
        Replica replica = world.start();
        world.settle();
        try (Connection report = report()) {
            widen();
            world.relay.commit();
            ReplicaWorld.until(() -> String.valueOf(world.one("SELECT reason FROM freshet.freshness"))
                    .contains("could not be altered (ALTER TABLE"));
            assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());
            long began = System.nanoTime();
            while (System.nanoTime() - began < 4_000_000_000L) {
                // fails where it must wait for longer than the replica may
                world.database.execute("SET lock_timeout = '2s'; SELECT FROM t");
            }
            report.rollback();
        }
        world.settle();
        assertEquals(
                List.of("1|a|1|null", "2|b|2|{x,NULL,\"a \\\"q\\\"\"}"), world.rows("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void ignore_leavesTheColumnOut() throws Exception {
        world.start(world.config().schema(SchemaPolicy.IGNORE).build());
        world.settle();
        widen();
        world.settle();
        assertEquals(List.of("1|a|1", "2|b|2"), world.rows("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void refuse_stopsWithTheColumnAndTheWayOut() throws Exception {
        world.start(world.config().schema(SchemaPolicy.REFUSE).build());
        world.settle();
        widen();
        world.relay.commit();
        ReplicaWorld.until(
                () -> world.one("SELECT reason FROM freshet.freshness").contains("'extra'"));
        String reason = world.one("SELECT reason FROM freshet.freshness");
        assertTrue(reason.contains("ADD COLUMN") && reason.contains("schema: evolve"), reason);
        assertEquals("f", world.one("SELECT complete FROM freshet.freshness"));
        assertEquals(List.of("1|a|1"), world.rows("SELECT * FROM t ORDER BY id"));
        world.database.execute("ALTER TABLE t ADD COLUMN extra text[]");
        world.settle();
        assertEquals(2, world.copy().size());
    }

    @Test
    void evolve_beforeAFill_saysWhichTableIsUsed() throws Exception {
        widenAndAskForAFill();
        try (Connection report = report()) {
            world.start();
            ReplicaWorld.until(() -> String.valueOf(world.one("SELECT reason FROM freshet.freshness"))
                    .contains("Table public.t is used by a transaction that has not ended"));
            report.rollback();
        }
        world.settle();
        assertEquals(2, world.copy().size());
    }

    @Test
    void evolve_keepsTheOldCopyReadableWhileItIsFilledAnew() throws Exception {
        widenAndAskForAFill();
        try (Connection holder = world.database.connect();
                Statement held = holder.createStatement();
                Connection reader = world.database.connect();
                Statement read = reader.createStatement()) {
            holder.setAutoCommit(false);
            // the fill cannot end as long as these are held
            held.execute("SELECT FROM freshet.replica_position FOR UPDATE");
            Replica second = world.start();
            ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.FILLING
                    && second.status().fillRows() > 0);
            read.execute("SET lock_timeout = '5s'");
            try (ResultSet rows = read.executeQuery("SELECT id, extra FROM t")) {
                assertTrue(rows.next());
                assertEquals(1, rows.getLong(1));
                assertFalse(rows.next());
            }
            holder.rollback();
        }
        world.settle();
        assertEquals(
                List.of("1|a|1|null", "2|b|2|{x,NULL,\"a \\\"q\\\"\"}"), world.rows("SELECT * FROM t ORDER BY id"));
    }
}
