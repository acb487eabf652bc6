package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.RetriableException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records of live changes that the table refuses: their keys alone stand still. */
class DeadLetterTest extends DeadLetterWorld {
    private static final String NEXT_OFFSETS = "SELECT sum(next_offset) FROM freshet.replica_position";

    @Test
    void refusedRecord_parksItsKeyAlone_untilALaterRecordIsApplied() throws Exception {
        world.put(7, "before", 1);
        Replica replica = world.start(config().build());
        world.settle();
        Instant start = Instant.now();
        LongStream.range(100, 400).forEach(id -> world.put(Op.CREATE, id, "x", 1));
        Position bad = refused(7, "secret", 500);
        LongStream.range(400, 700).forEach(id -> world.put(Op.CREATE, id, "y", 2));
        world.put(3, "after", 3);
        String boundary = world.relay.commit().position().toString();

        awaitParked(world, ReplicaWorld.key(7));
        ReplicaWorld.until(() -> world.copy().size() == 602);
        assertEquals(world.expectedRows(), world.copy(), "the parked key has its older row");
        ReplicaWorld.until(() -> freshness().contains("1 key is parked since "));
        String told = freshness();
        assertTrue(told.startsWith("f|t|Stream 't': "), told);
        assertTrue(told.contains(deadTopic()) && told.contains("SQLSTATE 23514"), told);
        assertFalse(told.contains("secret") || told.contains("500"), told);
        assertFalse(replica.status().complete());
        assertEquals(1, replica.status().parkedKeys());
        assertTrue(String.valueOf(replica.status().reason()).contains("update the row at the source"));

        List<ConsumerRecord<String, @Nullable String>> letters = letters();
        assertEquals(1, letters.size());
        ConsumerRecord<String, @Nullable String> letter = letters.get(0);
        assertEquals(ReplicaWorld.key(7), letter.key());
        assertEquals(row(7, "secret", 500), letter.value());
        assertEquals(bad.toString(), header(letter, RecordHeaders.POSITION));
        assertEquals("t.changed", header(letter, RecordHeaders.TYPE), "no header is lost");
        assertEquals(world.relay.topic("t"), header(letter, DeadLetterHeaders.TOPIC));
        assertEquals(
                world.relay.partitionOf("t", ReplicaWorld.key(7)),
                Integer.parseInt(header(letter, DeadLetterHeaders.PARTITION)));
        assertEquals(
                world.one("SELECT record_offset FROM freshet.replica_parked"),
                header(letter, DeadLetterHeaders.OFFSET));
        assertEquals("copy", header(letter, DeadLetterHeaders.REPLICA));
        assertEquals(world.relay.source + ".copy", header(letter, DeadLetterHeaders.GROUP));
        assertEquals("refused", header(letter, DeadLetterHeaders.ERROR));
        assertEquals("23514", header(letter, DeadLetterHeaders.SQLSTATE));
        assertTrue(
                header(letter, DeadLetterHeaders.REASON).contains("'small'"), header(letter, DeadLetterHeaders.REASON));
        assertFalse(Instant.parse(header(letter, DeadLetterHeaders.TIME)).isBefore(start.minusSeconds(1)));

        world.put(1000, "later", 1);
        world.relay.commit();
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        assertTrue(freshness().startsWith("f|t|"), "later records of other keys prove nothing of this one");
        assertTrue(boundary.compareTo(world.relay.commit().position().toString()) < 0);

        world.put(7, "mended", 9);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
        assertTrue(replica.status().complete());
        assertEquals(0, replica.status().parkedKeys());
        assertEquals(1, letters().size());
    }

    @Test
    void tombstone_mendsItsKey() throws Exception {
        world.start(config().build());
        world.settle();
        world.put(1, "good", 1);
        refused(1, TOO_LONG, 1);
        refused(2, TOO_LONG, 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1) + ' ' + ReplicaWorld.key(2));
        world.delete(1);
        world.delete(2);
        world.settle();
        assertEquals(List.of(), world.copy());
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
    }

    @Test
    void recordThatIsNotWhatItsSchemaSays_isParkedToo() throws Exception {
        world.start(config().build());
        world.settle();
        world.relay.put("t", Op.UPDATE, ReplicaWorld.key(1), "{\"id\":1,\"name\":[1],\"n\":1}");
        world.put(2, "good", 2);
        refused(3, "no\\u0000text", 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1) + ' ' + ReplicaWorld.key(3));
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        Map<String, ConsumerRecord<String, @Nullable String>> letters = new HashMap<>();
        letters().forEach(l -> letters.put(l.key(), l));
        assertEquals("undecodable", header(letters.get(ReplicaWorld.key(1)), DeadLetterHeaders.ERROR));
        assertEquals("", header(letters.get(ReplicaWorld.key(1)), DeadLetterHeaders.SQLSTATE));
        assertEquals("22021", header(letters.get(ReplicaWorld.key(3)), DeadLetterHeaders.SQLSTATE));
    }

    @Test
    void missingColumn_isNotTheRecordsFault() throws Exception {
        Replica replica = world.start(config().schema(SchemaPolicy.REFUSE).build());
        world.settle();
        world.database.execute("ALTER TABLE t DROP COLUMN n");
        world.put(1, "good", 1);
        world.relay.commit();
        ReplicaWorld.until(() -> replica.status().partitions().stream().anyMatch(p -> p.stopped() != null));
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
    }

    /** A record that the relay sends again is older than the one that was parked. */
    @Test
    void repeatedRecord_isNotAppliedOverTheParkedOne() throws Exception {
        world.start(config().build());
        world.settle();
        Position old = world.relay.put("t", Op.UPDATE, ReplicaWorld.key(1), row(1, "old", 1));
        Position bad = refused(1, TOO_LONG, 2);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1));
        int partition = world.relay.partitionOf("t", ReplicaWorld.key(1));
        String version = ReplicaWorld.SCHEMA.version();
        world.relay.resend("t", partition, old, Op.UPDATE, ReplicaWorld.key(1), row(1, "older", 1), version);
        world.relay.resend("t", partition, bad, Op.UPDATE, ReplicaWorld.key(1), row(1, "twice", 1), version);
        world.put(2, "last", 1);
        world.relay.commit();
        ReplicaWorld.until(() -> world.copy().contains("2|last|1"));
        awaitParked(world, ReplicaWorld.key(1));
        assertFalse(world.copy().toString().contains("older")
                || world.copy().toString().contains("twice"));
    }

    @Test
    void crashBetweenLetterAndCommit_notesTheKeyOnce() throws Exception {
        AtomicBoolean crashes = new AtomicBoolean(true);
        world.put(1, "good", 1);
        Replica first = start(config().build(), l -> {}, l -> {
            if (crashes.getAndSet(false)) {
                throw new IllegalStateException("the process dies here");
            }
        });
        world.settle();
        String before = world.one(NEXT_OFFSETS);
        refused(1, TOO_LONG, 1);
        world.put(1, "mended", 2);
        refused(2, TOO_LONG, 1);
        world.relay.commit();
        ReplicaWorld.until(() -> !first.isRunning());
        first.close();
        assertEquals(1, letters().size());
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
        assertEquals(before, world.one(NEXT_OFFSETS));

        world.start(config().build());
        awaitParked(world, ReplicaWorld.key(2));
        ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        List<ConsumerRecord<String, @Nullable String>> letters = letters();
        long records = letters.stream()
                .map(l -> header(l, DeadLetterHeaders.PARTITION) + '@' + header(l, DeadLetterHeaders.OFFSET))
                .distinct()
                .count();
        assertEquals(letters.size() - 1, records, "one came twice, and can be told");
        assertTrue(freshness().contains("1 key is parked"), freshness());
    }

    @Test
    void letterThatIsNotTaken_isNotNoted() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Replica replica = start(
                config().build(),
                l -> {
                    if (away.get()) {
                        throw new RetriableException("the brokers are away");
                    }
                },
                l -> {});
        world.settle();
        refused(1, TOO_LONG, 1);
        world.relay.commit();
        ReplicaWorld.until(
                () -> world.one("SELECT reason FROM freshet.freshness").contains("the brokers are away"));
        assertEquals("f", world.one("SELECT complete FROM freshet.freshness"));
        assertEquals(List.of(), world.rows("SELECT * FROM freshet.replica_parked"));
        assertTrue(replica.status().partitions().stream().anyMatch(p -> p.stopped() != null));
        away.set(false);
        awaitParked(world, ReplicaWorld.key(1));
        assertEquals(1, letters().size());
    }

    @Test
    void moreKeysThanTheLimit_stopTheirPartition() throws Exception {
        world.start(config().deadLetterLimit(2).build());
        world.settle();
        refused(1, TOO_LONG, 1);
        refused(2, TOO_LONG, 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1) + ' ' + ReplicaWorld.key(2));
        refused(3, TOO_LONG, 1);
        refused(1, TOO_LONG, 2);
        world.relay.commit();
        ReplicaWorld.until(() -> freshness().contains("than the 2 of dead-letter-limit"));
        awaitParked(world, ReplicaWorld.key(1) + ' ' + ReplicaWorld.key(2));
        assertTrue(letters().stream().noneMatch(l -> l.key().equals(ReplicaWorld.key(3))));
        world.put(1, "mended", 1);
        world.put(2, "mended", 1);
        world.put(3, "mended", 1);
        world.database.execute("ALTER TABLE t DROP CONSTRAINT short");
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void withoutTheSetting_parkedKeysAreStillMended() throws Exception {
        Replica with = world.start(config().build());
        world.settle();
        refused(1, TOO_LONG, 1);
        world.relay.commit();
        awaitParked(world, ReplicaWorld.key(1));
        with.close();
        Replica without = world.start();
        ReplicaWorld.until(() ->
                without.isRunning() && String.valueOf(without.status().reason()).contains("parked"));
        refused(1, TOO_LONG, 2);
        world.relay.commit();
        ReplicaWorld.until(() -> without.status().partitions().stream().anyMatch(p -> p.stopped() != null));
        world.put(1, "mended", 1);
        world.database.execute("ALTER TABLE t DROP CONSTRAINT short");
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void check_asksWhetherTheTopicMayBeMade_andMakesNone() throws Exception {
        ReplicaConfig config = config().build();
        assertEquals(List.of(), Replica.check(config, Set.of(), Map.of(), Clock.systemUTC()));
        assertFalse(topics().contains(deadTopic()));
        config = config().deadLetterTopic("no topic").build();
        List<String> problems = Replica.check(config, Set.of(), Map.of(), Clock.systemUTC());
        assertTrue(problems.size() == 1 && problems.get(0).contains("'no topic'"), problems.toString());
    }

    @Test
    void topicThatWouldReplaceLetters_isTold() throws Exception {
        String compacted = world.relay.source + ".freshet-ledger";
        ReplicaConfig config = config().deadLetterTopic(compacted).build();
        List<String> problems = Replica.check(config, Set.of(), Map.of(), Clock.systemUTC());
        assertTrue(
                problems.size() == 1
                        && problems.get(0).contains(compacted)
                        && problems.get(0).contains("cleanup.policy=compact"),
                problems.toString());
    }

    @Test
    void wholeTransactions_leaveNoRowOut() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> config().consistency(Consistency.PER_TRANSACTION)
                        .build());
        assertTrue(String.valueOf(e.getMessage()).contains("dead-letter-topic"), e.getMessage());
        e = assertThrows(
                IllegalArgumentException.class,
                () -> world.config().deadLetterTopic(world.relay.topic("t")).build());
        assertTrue(String.valueOf(e.getMessage()).contains("name another"), e.getMessage());
    }
}
