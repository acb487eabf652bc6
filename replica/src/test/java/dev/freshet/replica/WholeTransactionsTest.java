package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Readers of a {@code per-transaction} copy never see half of a source transaction. */
class WholeTransactionsTest extends BankFixture {
    @Test
    void sumIsNeverOff_throughFirstFill_lostSessions_takeOver_newSnapshotAndRefill() throws Exception {
        bank.open(4);
        Replica first = bank.start();
        bank.awaitStates(30);
        for (int i = 0; i < 3; i++) {
            bank.cutOff();
            bank.awaitStates(20);
        }
        Replica second = bank.start();
        ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.STANDBY);
        first.close();
        bank.awaitStates(20);
        ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.RUNNING);
        bank.snapshotAgain("accounts", 2);
        bank.awaitStates(20);
        bank.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it' WHERE stream = 'savings'");
        bank.database.execute(
                "UPDATE freshet.replica_position SET generation = generation + 1 WHERE stream = 'savings'");
        ReplicaWorld.until(() -> bank.one("SELECT min(fill) FROM freshet.replica_stream") == 2);
        bank.awaitStates(20);
        bank.beginAgain();
        ReplicaWorld.until(() -> bank.one("SELECT min(fill) FROM freshet.replica_stream") == 3);
        bank.awaitStates(20);
    }

    @Test
    void oldSnapshot_readsTheOldRowsOfAllTables_throughARefill() throws Exception {
        bank.start();
        bank.await(bank.move());
        try (Connection reader = bank.database.connect()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            long accounts = bank.one(reader, "SELECT sum(money) FROM accounts");
            bank.database.execute("UPDATE freshet.replica_stream SET refill = 'a test wants it'");
            bank.await(bank.move());
            assertEquals(2, bank.one("SELECT min(fill) FROM freshet.replica_stream"));
            assertEquals(Bank.TOTAL - accounts, bank.one(reader, "SELECT coalesce(sum(money), 0) FROM savings"));
            reader.commit();
        }
    }

    @Test
    void fill_hasTheDatabaseSee_whatTheTablesHold() throws Exception {
        bank.start();
        bank.await(bank.move());
        for (String table : List.of("accounts", "savings")) {
            // too few rows for autovacuum
            ReplicaWorld.until(
                    () -> bank.one("SELECT reltuples::bigint FROM pg_class WHERE oid = '" + table + "'::regclass") > 0);
        }
    }

    @Test
    void hugeTransaction_isAppliedInPieces_andShowsOnlyAsAWhole() throws Exception {
        Replica replica = bank.start(bank.config().batchRecords(50).build());
        bank.await(bank.move());
        long money = bank.one("SELECT sum(money) FROM accounts");
        long applied = replica.status().applied();
        assertTrue(applied <= 2, "a fill's rows are told as such, but " + applied + " changes were told");
        bank.moves(2000);
        bank.relay.commitPart();
        bank.moves(2000);
        bank.relay.commitPart();
        // more than may be read ahead: its first pieces are written
        ReplicaWorld.until(
                () -> bank.one("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'freshet copy'"
                                + " AND state LIKE 'idle in transaction%' AND backend_xid IS NOT NULL")
                        > 0);
        assertEquals(money, bank.one("SELECT sum(money) FROM accounts"));
        assertEquals(applied, replica.status().applied());
        bank.moves(1);
        bank.await(bank.relay.commit());
        assertEquals(
                Bank.TOTAL, bank.one("SELECT (SELECT sum(money) FROM accounts) + (SELECT sum(money) FROM savings)"));
        assertEquals(applied + 8002, replica.status().applied());
    }

    @Test
    void refusedRow_isNamed_andItsPartitionTellsSo() throws Exception {
        Replica replica = bank.start(bank.config().batchRecords(50).build());
        bank.await(bank.move());
        bank.database.execute("ALTER TABLE savings ADD CONSTRAINT small CHECK (money < 1000000)");
        bank.moves(120);
        bank.lastIsTooMuch();
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RETRYING);
        String reason = String.valueOf(replica.status().reason());
        assertTrue(bank.isNamed("savings", reason), reason);
        assertTrue(reason.contains("'small'"), reason);
        assertEquals(
                1,
                bank.one("SELECT count(*) FROM freshet.replica_position WHERE stopped IS NOT NULL"),
                "of partitions");
        assertEquals(
                1,
                bank.one("SELECT count(*) FROM freshet.replica_position WHERE stream = 'savings'"
                        + " AND stopped LIKE '%-' || partition || '@%'"));
        bank.database.execute("ALTER TABLE savings DROP CONSTRAINT small");
        bank.await(bank.move());
    }

    /** Written by halves it might be another state, or be tried for ever. */
    @Test
    void refusalOfNoSingleRow_stopsTheCopyAllTheSame() throws Exception {
        bank.database.execute(
                "CREATE TABLE savings (id bigint PRIMARY KEY, money bigint)",
                "CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT count(*) FROM written) > 5"
                        + " THEN RAISE check_violation; END IF; RETURN NULL; END $$",
                "CREATE TRIGGER few AFTER INSERT ON savings REFERENCING NEW TABLE AS written FOR EACH STATEMENT"
                        + " EXECUTE FUNCTION few()");
        bank.moves(300);
        bank.move();
        Replica replica = bank.start(bank.config().batchRecords(50).build());
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RETRYING);
        assertTrue(String.valueOf(replica.status().reason()).contains("23514"));
        bank.database.execute("DROP TRIGGER few ON savings");
        bank.await(bank.move());
    }

    @Test
    void activeInstanceThatFreezes_isTakenOver_andCommitsNothingWhenItWakesUp() throws Exception {
        FreezableClock clock = new FreezableClock();
        Replica first = bank.start(bank.config().build(), clock);
        bank.await(bank.move());
        Replica second = bank.start();
        ReplicaWorld.until(() -> second.status().state() == ReplicaStatus.State.STANDBY);
        ReplicaWorld.until(
                () -> Objects.equals(first.status().active(), second.status().active()));
        clock.freeze();
        Boundary before = bank.move();
        bank.open(2);
        bank.await(before);
        assertEquals(ReplicaStatus.State.RUNNING, second.status().state());
        bank.awaitStates(10);
        long generation = bank.one("SELECT generation FROM freshet.replica_active");
        clock.thaw();
        ReplicaWorld.until(() -> first.status().state() == ReplicaStatus.State.STANDBY);
        bank.awaitStates(10);
        assertEquals(generation, bank.one("SELECT generation FROM freshet.replica_active"));
        ReplicaWorld.until(
                () -> Objects.equals(first.status().active(), second.status().active()));
    }

    @Test
    void streamsOfSeveralSources_areRefusedByName(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        try (PlayedRelay other = new PlayedRelay(kafka, prefix.name("other"))) {
            other.capture(ReplicaWorld.SCHEMA, 1);
            Replica replica = bank.start(bank.config().stream(
                            new StreamTarget("t", other.topic("t"), null, TableName.parse("public.t"), Map.of()))
                    .build());
            ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.STOPPED);
            String reason = String.valueOf(replica.status().reason());
            assertTrue(reason.contains("several sources") && reason.contains("'t' of '" + other.source + "'"), reason);
        }
    }

    @Test
    void catchUpAfterCompaction_isANewFill_andNoBoundaryIsClaimedThatIsNone() throws Exception {
        for (String table : List.of("accounts", "savings")) {
            bank.relay.set(table, "segment.ms", "200");
            bank.relay.set(table, "min.cleanable.dirty.ratio", "0.001");
            bank.relay.set(table, "min.compaction.lag.ms", "12000");
            bank.relay.set(table, "delete.retention.ms", "12000");
        }
        Replica first = bank.start();
        bank.open(4);
        bank.awaitStates(30);
        first.close();
        long fill = bank.one("SELECT min(fill) FROM freshet.replica_stream");
        ReplicaWorld.until(() -> bank.hasBeenCompacted("accounts") && bank.hasBeenCompacted("savings"));
        bank.start();
        ReplicaWorld.until(() -> bank.one("SELECT min(fill) FROM freshet.replica_stream") > fill);
        bank.awaitStates(30);
    }

    /** Holds whoever asks it for the time, and with that the whole instance. */
    private static final class FreezableClock implements InstantSource {
        private final Object lock = new Object();
        private boolean frozen;

        void freeze() {
            synchronized (lock) {
                frozen = true;
            }
        }

        void thaw() {
            synchronized (lock) {
                frozen = false;
                lock.notifyAll();
            }
        }

        @Override
        public Instant instant() {
            synchronized (lock) {
                try {
                    while (frozen) {
                        lock.wait();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Instant.now();
        }
    }
}
