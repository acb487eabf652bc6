package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefillTest extends InReplicaWorld {
    @Test
    void topicMadeAgain_isCopiedAnew() throws Exception {
        world.put(1, "a", 1);
        world.put(2, "b", 2);
        world.start();
        world.settle();
        world.relay.recreate("t");
        world.expected.clear();
        world.put(2, "again", 3);
        world.settle();
        assertEquals(List.of("2|again|3"), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
    }

    @Test
    void topicMadeAgain_isNotCopiedBeforeItsRelayWritesToIt() throws Exception {
        world.put(1, "a", 1);
        world.put(2, "b", 2);
        Replica replica = world.start();
        world.settle();
        String id = world.relay.makeTopicAgain("t", 1);
        ReplicaWorld.until(() -> String.valueOf(replica.status().reason()).contains("is not filled until the relay"));
        assertEquals(world.expectedRows(), world.copy());
        assertFalse(replica.status().complete());
        world.relay.begin("t", id, 1);
        world.expected.clear();
        world.put(2, "again", 3);
        world.settle();
        assertEquals(List.of("2|again|3"), world.copy());
    }

    @Test
    void sourceRemovedAndStartedAgain_isCopiedAnew() throws Exception {
        world.put(1, "a", 1);
        Replica replica = world.start();
        for (int i = 0; i < 5; i++) {
            world.put(2, "b", i);
            world.settle();
        }
        world.relay.startAgain("t");
        world.expected.clear();
        world.put(2, "again", 3);
        world.settle();
        assertEquals(List.of("2|again|3"), world.copy());
        assertTrue(replica.isRunning(), replica.status().toString());
    }

    @Test
    void copyThatWasAwayForTooLong_isFilledAnew() throws Exception {
        world.put(1, "a", 1);
        world.put(2, "b", 2);
        Replica replica = world.start();
        world.settle();
        replica.close();
        world.database.execute(
                "UPDATE freshet.replica_stream SET at_end = now() - interval '8 days'",
                // what compaction took meanwhile: a tombstone that the copy never saw
                "INSERT INTO t VALUES (99, 'deleted long ago', 0)");
        world.put(3, "c", 3);
        world.relay.commit();
        world.start();
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream"));
    }

    @Test
    void databasePutBackToAnOldBackup_isFilledAnew_byTheInstanceThatRuns() throws Exception {
        world.put(1, "a", 1);
        world.start();
        world.settle();
        try (Connection restored = world.database.connect();
                Statement s = restored.createStatement()) {
            restored.setAutoCommit(false);
            s.execute("SELECT FROM freshet.replica_stream FOR UPDATE");
            s.execute("UPDATE freshet.replica_stream SET at_end = now() - interval '8 days'");
            s.execute("INSERT INTO t VALUES (99, 'deleted long ago', 0)");
            s.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet copy'");
            restored.commit();
        }
        ReplicaWorld.until(
                () -> world.one("SELECT fill FROM freshet.replica_stream").equals("2"));
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void swap_keepsWhatBelongsToTheTable() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint, name text DEFAULT 'none', n integer, mine serial, CONSTRAINT t_key"
                        + " PRIMARY KEY (id), CONSTRAINT positive CHECK (n >= 0)) WITH (fillfactor = 80)",
                "CREATE INDEX \"by USING name\" ON t (lower(name)) WHERE n > 0",
                "COMMENT ON TABLE t IS 'the service''s copy'",
                "CREATE ROLE reader_" + world.database.name(),
                "GRANT SELECT ON t TO reader_" + world.database.name(),
                "GRANT UPDATE (name) ON t TO reader_" + world.database.name(),
                // what the table that takes its place is made with, and this one was not
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT DELETE ON TABLES TO reader_" + world.database.name(),
                "ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO PUBLIC",
                "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER kept BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noop()");
        String shape = """
                SELECT pg_get_indexdef(indexrelid), '' FROM pg_index WHERE indrelid = 't'::regclass
                UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                  WHERE conrelid = 't'::regclass AND contype <> 'n'
                UNION ALL SELECT relacl::text, reloptions::text FROM pg_class WHERE oid = 't'::regclass
                UNION ALL SELECT attname, attnotnull || coalesce(attacl::text, '') FROM pg_attribute
                  WHERE attrelid = 't'::regclass AND attnum > 0
                UNION ALL SELECT obj_description('t'::regclass), pg_get_serial_sequence('t', 'mine')
                UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 't'::regclass
                ORDER BY 1, 2
                """;
        List<String> before = world.rows(shape);
        String oid = world.one("SELECT 't'::regclass::oid");
        try {
            world.put(1, "a", 1);
            world.start();
            world.settle();
        } finally {
            assertEquals(before, world.rows(shape));
        }
        assertNotEquals(oid, world.one("SELECT 't'::regclass::oid"));
        assertEquals(List.of("1|a|1|1"), world.rows("SELECT id, name, n, mine FROM t"));
    }

    @Test
    void tombstoneOfAKeyThatWasNeverSeen_needsNoRow() throws Exception {
        world.put(1, "a", 1);
        world.put(2, "b", 1);
        for (int i = 10; i < 20; i++) {
            world.delete(i);
        }
        world.delete(2);
        world.start();
        world.settle();
        assertEquals(List.of("1|a|1"), world.copy());
        // two that were copied, and the deletion of one of them
        assertEquals("3", world.one("SELECT rows_filled FROM freshet.replica_stream"));
    }

    @Test
    void tableThatAViewNeeds_isFilledInPlace() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer)",
                "CREATE VIEW names AS SELECT name FROM t ORDER BY id");
        String oid = world.one("SELECT 't'::regclass::oid");
        world.put(1, "a", 1);
        world.put(2, "b", 1);
        world.put(2, "c", 1);
        world.start();
        world.settle();
        assertEquals(List.of("a", "c"), world.rows("SELECT * FROM names"));
        assertEquals(oid, world.one("SELECT 't'::regclass::oid"));
    }

    @Test
    void brokenStream_isToldAndItsRepairToo() throws Exception {
        world.put(1, "a", 1);
        world.start();
        world.settle();
        world.relay.status("t", StreamStatus.BROKEN);
        world.relay.commit();
        ReplicaWorld.until(() ->
                world.one("SELECT complete || reason FROM freshet.freshness").contains("a test broke it"));
        world.relay.status("t", StreamStatus.SNAPSHOTTING);
        world.put(Op.READ, 1, "read again", 2);
        world.relay.commit();
        ReplicaWorld.until(
                () -> world.one("SELECT reason FROM freshet.freshness").contains("snapshotted"));
        world.relay.status("t", StreamStatus.RUNNING);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void idleSource_keepsTheCopyFresh() throws Exception {
        world.put(1, "a", 1);
        world.start();
        world.settle();
        String first = world.one("SELECT complete_to FROM freshet.freshness");
        world.settle();
        String second = world.one("SELECT complete_to FROM freshet.freshness");
        assertTrue(second.compareTo(first) > 0, first + " then " + second);
        assertEquals("0", world.one("SELECT changes_behind FROM freshet.freshness"));
    }
}
