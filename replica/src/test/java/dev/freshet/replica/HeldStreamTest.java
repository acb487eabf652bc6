package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with one stream keeps no other stream of the replica from being filled and applied. */
class HeldStreamTest extends InReplicaWorld {
    // sorted before the good stream "t", so that it is filled first
    private static final String BAD = "bad";

    private static final SchemaRecord SCHEMA = new SchemaRecord(BAD, ReplicaWorld.SCHEMA.columns(), List.of("id"));

    private static final SchemaRecord WIDER = new SchemaRecord(BAD, wider(), List.of("id"));

    private static List<Column> wider() {
        List<Column> columns = new ArrayList<>(SCHEMA.columns());
        columns.add(new Column("extra", "text", true, true));
        return columns;
    }

    @BeforeEach
    void prepare() throws Exception {
        world.relay.capture(SCHEMA, 2);
        world.put(1, "a", 1);
        put(1);
        world.relay.commit();
    }

    private Replica start() {
        ReplicaConfig.Builder both = ReplicaConfig.builder("copy").stream(
                new StreamTarget(BAD, world.relay.topic(BAD), null, TableName.parse("public.bad"), Map.of()));
        return world.start(world.config(both).build());
    }

    private Position put(long id) {
        return world.relay.put(
                BAD, Op.UPDATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"x\",\"n\":" + id + "}");
    }

    private long idOfPartition(int partition, int skip) {
        for (long id = 1; ; id++) {
            if (world.relay.partitionOf(BAD, ReplicaWorld.key(id)) == partition && skip-- == 0) {
                return id;
            }
        }
    }

    private String told() throws Exception {
        return world.one("SELECT reason FROM freshet.freshness WHERE NOT complete");
    }

    /** Waits until status and freshness row name the reason, and a change of the other stream was applied meanwhile. */
    private void untilHeldAlone(Replica replica, String... parts) throws Exception {
        for (String part : parts) {
            ReplicaWorld.await()
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> told().contains(part)
                            && String.valueOf(replica.status().reason()).contains(part));
        }
        untilTheOtherIsApplied();
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RUNNING);
        assertFalse(replica.status().complete());
        assertTrue(replica.isRunning());
    }

    private void untilTheOtherIsApplied() throws Exception {
        long id = 100 + world.expected.size();
        world.put(id, "goes on", 5);
        world.relay.commit();
        untilTheOtherIsAsExpected();
    }

    private void untilTheOtherIsAsExpected() {
        ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.copy()
                .equals(world.expectedRows()));
    }

    private void makeMisfit() throws Exception {
        world.database.execute("CREATE TABLE bad (id bigint PRIMARY KEY, name integer, n integer)");
    }

    private void mendTable() throws Exception {
        world.database.execute("ALTER TABLE bad ALTER COLUMN name TYPE text");
    }

    /** As connections, memory or disk may run short: what concerns all, the others find out by themselves. */
    private void refuseFills() throws Exception {
        world.database.execute(
                "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " IF current_query() LIKE '%bad%' THEN RAISE 'no room' USING ERRCODE = '53100'; END IF; END $$",
                "CREATE EVENT TRIGGER refusing ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse()");
    }

    private void settleAll(Replica replica, int rows) throws Exception {
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(Integer.toString(rows), world.one("SELECT count(*) FROM bad"));
        assertEquals("1", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 't'"));
        ReplicaWorld.until(() -> replica.status().complete() && replica.status().reason() == null);
    }

    @Test
    void recordThatNoRelayWrote_inAFirstFill() throws Exception {
        world.relay.foreign(BAD, 0, "{\"id\":7}", "{\"id\":7,\"name\":\"x\",\"n\":1}");
        world.relay.commit();
        Replica replica = start();
        untilHeldAlone(replica, "The record " + world.relay.topic(BAD) + "-0@", "no relay of Freshet wrote it");
        world.relay.recreate(BAD);
        put(2);
        settleAll(replica, 1);
    }

    @Test
    void recordThatCannotBeCopied_inAFirstFill() throws Exception {
        long id = idOfPartition(1, 1);
        world.relay.put(BAD, Op.UPDATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"sec\\u0000ret\",\"n\":1}");
        world.relay.commit();
        Replica replica = start();
        untilHeldAlone(replica, "Record " + world.relay.topic(BAD) + "-1@");
        assertFalse(told().contains("sec"), told());
        world.relay.recreate(BAD);
        put(2);
        put(3);
        settleAll(replica, 2);
    }

    @Test
    void tableThatDoesNotFit_atTheStart() throws Exception {
        makeMisfit();
        Replica replica = start();
        untilHeldAlone(replica, "Table public.bad does not fit stream 'bad'", "'name'");
        mendTable();
        settleAll(replica, 1);
    }

    @Test
    void streamThatIsBrokenAtTheSource_isToldBesideTheHeldOne() throws Exception {
        makeMisfit();
        Replica replica = start();
        untilHeldAlone(replica, "'name'");
        world.relay.status("t", StreamStatus.BROKEN);
        world.relay.commit();
        for (String part : List.of("'name'", "Stream 't' is broken")) {
            ReplicaWorld.until(() -> told().contains(part)
                    && String.valueOf(replica.status().reason()).contains(part));
        }
    }

    @Test
    void databaseThatHasNoRoomForTheFill_whileItIsTriedAgain() throws Exception {
        makeMisfit();
        Replica replica = start();
        untilHeldAlone(replica, "'name'");
        refuseFills();
        mendTable();
        untilHeldAlone(replica, "53100");
        world.database.execute("DROP EVENT TRIGGER refusing");
        settleAll(replica, 1);
    }

    @Test
    void databaseThatHasNoRoomForTheFill_atTheFirstTry() throws Exception {
        world.database.execute("CREATE TABLE bad (id bigint PRIMARY KEY, name text, n integer)");
        refuseFills();
        Replica replica = start();
        untilHeldAlone(replica, "53100");
        world.database.execute("DROP EVENT TRIGGER refusing");
        settleAll(replica, 1);
    }

    @Test
    void tableThatDoesNotFit_atARefill() throws Exception {
        Replica replica = start();
        world.settle();
        world.database.execute("ALTER TABLE bad ADD CONSTRAINT further UNIQUE (name)");
        world.relay.recreate(BAD);
        put(2);
        put(3);
        world.relay.commit();
        untilHeldAlone(replica, "'further'");
        assertEquals("1", world.one("SELECT count(*) FROM bad"), "the old copy stays readable");
        world.database.execute("ALTER TABLE bad DROP CONSTRAINT further");
        settleAll(replica, 2);
    }

    @Test
    void streamThatSeveralInstancesHold_isFilledOnceByOne() throws Exception {
        makeMisfit();
        Replica one = start();
        Replica two = start();
        untilHeldAlone(one, "'name'");
        untilHeldAlone(two, "'name'");
        mendTable();
        settleAll(one, 1);
        settleAll(two, 1);
        assertEquals("1", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 'bad'"));
        put(2);
        put(3);
        settleAll(two, 3);
        assertEquals(ReplicaStatus.State.RUNNING, one.status().state());
    }

    @Test
    void schemaRecordThatIsMissing_stopsItsPartitionAlone() throws Exception {
        Replica replica = start();
        world.settle();
        long bad = idOfPartition(0, 3);
        Position before = put(idOfPartition(1, 3));
        sendOfMissingSchema(bad, before);
        world.relay.commit();
        String record = "Record " + world.relay.topic(BAD) + "-0@";
        untilHeldAlone(replica, record, WIDER.version());
        put(idOfPartition(1, 4));
        world.relay.commit();
        ReplicaWorld.until(() -> world.one("SELECT count(*) FROM bad").equals("3"));
        untilTheOtherIsApplied();
        world.relay.evolve(WIDER);
        settleAll(replica, 4);
        assertEquals("late", world.one("SELECT extra FROM bad WHERE id = " + bad));
    }

    @Test
    void schemaRecordThatIsMissing_inAFirstFill() throws Exception {
        long bad = idOfPartition(0, 3);
        sendOfMissingSchema(bad, put(idOfPartition(1, 3)));
        world.relay.commit();
        Replica replica = start();
        untilHeldAlone(replica, "Record " + world.relay.topic(BAD) + "-0@", WIDER.version());
        world.relay.evolve(WIDER);
        settleAll(replica, 3);
        assertEquals("late", world.one("SELECT extra FROM bad WHERE id = " + bad));
    }

    private void sendOfMissingSchema(long id, Position before) {
        world.relay.resend(
                BAD,
                world.relay.partitionOf(BAD, ReplicaWorld.key(id)),
                new Position(before.epoch(), before.lsn(), before.ordinal() + 50, 0),
                Op.UPDATE,
                ReplicaWorld.key(id),
                "{\"id\":" + id + ",\"name\":\"x\",\"n\":1,\"extra\":\"late\"}",
                WIDER.version());
    }

    @Test
    void streamsThatAreFilled_areLookedAfterWhileAnotherIsHeld() throws Exception {
        makeMisfit();
        Replica replica = start();
        untilHeldAlone(replica, "'name'");
        // their being at the log's end goes on being noted, or they would count as away for too long
        String sixDaysAgo = world.one("SELECT now() - interval '6 days'");
        world.database.execute("UPDATE freshet.replica_stream SET at_end = '" + sixDaysAgo + "' WHERE stream = 't'");
        replica.close();
        Replica second = start();
        untilHeldAlone(second, "'name'");
        ReplicaWorld.until(() -> world.one(
                        "SELECT at_end > now() - interval '1 day' FROM freshet.replica_stream WHERE stream = 't'")
                .equals("t"));
        world.relay.recreate("t");
        world.expected.clear();
        world.put(2, "again", 3);
        world.relay.commit();
        untilTheOtherIsAsExpected();
        assertEquals("2", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 't'"));
        untilHeldAlone(second, "'name'");
    }
}
