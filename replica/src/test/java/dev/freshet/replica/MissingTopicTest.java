package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.table.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A topic that does not exist holds its own stream alone, which is taken up when the topic comes, without a restart. */
class MissingTopicTest extends InReplicaWorld {
    // sorted before the good stream "t", so that it is looked for first
    private static final String LATE = "late";

    private static final SchemaRecord SCHEMA = new SchemaRecord(LATE, ReplicaWorld.SCHEMA.columns(), List.of("id"));

    private Replica start(PlayedRelay relay) {
        ReplicaConfig.Builder both = ReplicaConfig.builder("copy").stream(
                new StreamTarget(LATE, relay.topic(LATE), null, TableName.parse("public.late"), Map.of()));
        return world.start(world.config(both).build());
    }

    private static void put(PlayedRelay relay, long id) {
        relay.put(LATE, Op.UPDATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"x\",\"n\":" + id + "}");
    }

    private void untilTheOtherIsApplied() throws Exception {
        long id = 100 + world.expected.size();
        world.put(id, "goes on", 5);
        world.relay.commit();
        ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.copy()
                .equals(world.expectedRows()));
    }

    /** Waits until status and the freshness of every source say why, and the other stream goes on being applied. */
    private void untilHeldAlone(Replica replica, String... parts) throws Exception {
        for (String part : parts) {
            ReplicaWorld.await()
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> !freshness().isEmpty()
                            && freshness().stream().allMatch(row -> row.startsWith("f|") && row.contains(part))
                            && String.valueOf(replica.status().reason()).contains(part));
        }
        untilTheOtherIsApplied();
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RUNNING);
        assertFalse(replica.status().complete());
        assertTrue(replica.isRunning());
        assertTrue(
                freshness().stream().allMatch(row -> row.startsWith("f|") && row.endsWith("|null")), "" + freshness());
    }

    private List<String> freshness() throws SQLException {
        return world.rows("SELECT complete, reason, position FROM freshet.freshness");
    }

    private void untilComplete(Replica replica, int rows, int fill) throws Exception {
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(Integer.toString(rows), world.one("SELECT count(*) FROM late"));
        assertEquals(
                List.of(LATE + '|' + fill, "t|1"),
                world.rows("SELECT stream, fill FROM freshet.replica_stream ORDER BY stream"));
        ReplicaWorld.until(() -> replica.status().complete() && replica.status().reason() == null);
        assertTrue(replica.isRunning());
    }

    @Test
    void topicThatComesLater_isFilledWithoutARestart() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
        Replica replica = start(world.relay);
        untilHeldAlone(replica, "The topic '" + world.relay.topic(LATE) + "' does not exist", "(streams t)");
        world.relay.capture(SCHEMA, 2);
        put(world.relay, 1);
        untilComplete(replica, 1, 1);
        put(world.relay, 2);
        untilComplete(replica, 2, 1);
    }

    @Test
    void streamOfALedgerThatComesLater_isFilledWithoutARestart() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
        try (PlayedRelay other = new PlayedRelay(world.kafka, world.relay.source + "-other")) {
            Replica replica = start(other);
            untilHeldAlone(replica, "The topic '" + other.topic(LATE) + "' does not exist");
            other.capture(SCHEMA, 1);
            put(other, 1);
            other.commit();
            ReplicaWorld.until(() -> replica.status().complete());
            assertEquals("1", world.one("SELECT count(*) FROM late"));
            assertEquals(
                    2, freshness().stream().filter(row -> row.startsWith("t|")).count());
        }
    }

    private void loseTheTopicOnceFilled() throws Exception {
        world.relay.capture(SCHEMA, 2);
        put(world.relay, 1);
        Replica first = start(world.relay);
        untilComplete(first, 1, 1);
        first.close();
        world.relay.deleteTopic(LATE);
    }

    @Test
    void topicOfAFilledStream_thatNoLedgerNames() throws Exception {
        loseTheTopicOnceFilled();
        world.relay.forget(LATE);
        world.relay.commit();
        Replica replica = start(world.relay);
        untilHeldAlone(replica, "The topic '" + world.relay.topic(LATE) + "' does not exist");
        assertEquals("1", world.one("SELECT count(*) FROM late"), "the old copy stays readable");
        world.relay.capture(SCHEMA, 2);
        put(world.relay, 2);
        put(world.relay, 3);
        untilComplete(replica, 2, 2);
    }

    @Test
    void topicOfAFilledStream_thatTheLedgerNamesAsBroken() throws Exception {
        loseTheTopicOnceFilled();
        world.relay.status(LATE, StreamStatus.BROKEN);
        world.relay.commit();
        Replica replica = start(world.relay);
        untilHeldAlone(replica, "The topic '" + world.relay.topic(LATE) + "' is gone", "run 'freshet resnapshot late'");
        beginAnew();
        untilComplete(replica, 1, 2);
    }

    @Test
    void topicOfAStreamToFill_thatTheLedgerNamesAsBroken() throws Exception {
        world.relay.capture(SCHEMA, 2);
        world.relay.deleteTopic(LATE);
        world.relay.status(LATE, StreamStatus.BROKEN);
        world.put(1, "a", 1);
        world.relay.commit();
        Replica replica = start(world.relay);
        untilHeldAlone(
                replica,
                "Topic '" + world.relay.topic(LATE) + "' does not exist (any more)",
                "run 'freshet resnapshot late'");
        beginAnew();
        untilComplete(replica, 1, 1);
    }

    private void beginAnew() throws Exception {
        world.relay.forget(LATE);
        world.relay.commit();
        world.relay.capture(SCHEMA, 2);
        put(world.relay, 2);
    }

    @Test
    void sourceNoneOfWhoseTopicsIsLeft_isNotCompleteEither() throws Exception {
        try (PlayedRelay other = new PlayedRelay(world.kafka, world.relay.source + "-other")) {
            other.capture(SCHEMA, 1);
            put(other, 1);
            other.commit();
            world.put(1, "a", 1);
            world.relay.commit();
            Replica first = start(other);
            ReplicaWorld.until(() -> first.status().complete());
            first.close();
            assertEquals(
                    2,
                    freshness().stream().filter(row -> !row.endsWith("|null")).count());
            other.deleteTopic(LATE);
            other.forget(LATE);
            other.commit();
            Replica replica = start(other);
            untilHeldAlone(replica, "The topic '" + other.topic(LATE) + "' does not exist");
            assertEquals(2, freshness().size());
        }
    }
}
