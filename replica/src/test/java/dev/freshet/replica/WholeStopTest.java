package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.replica.agent.ActiveAgent;
import dev.freshet.replica.agent.FreshnessAgent;
import dev.freshet.replica.agent.Progress;
import dev.freshet.replica.agent.WholeAgent;
import dev.freshet.replica.postgres.PostgresCopyStore;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A {@code per-transaction} copy that stands before a record goes on with that record, not with what has none. */
class WholeStopTest extends BankFixture {
    private static final String STOPPED = "SELECT count(*) FROM freshet.replica_position WHERE stopped IS NOT NULL";
    private static final String PASSED =
            "SELECT sum(next_offset) FROM freshet.replica_position WHERE stream = 'accounts'";

    /** Brings a boundary above a record that was there before, and that no copy applies again. */
    private void boundaryWithoutARecord() throws Exception {
        bank.relay.resend(
                "accounts", 0, new Position(1, 1, 1, 0), Op.UPDATE, "{\"id\":1}", "{\"id\":1,\"money\":0}", "old");
        bank.relay.commit();
    }

    @Test
    void stoppedPartition_isToldUntilRecordsAreApplied() throws Exception {
        Replica first = bank.start();
        bank.await(bank.move());
        first.close();
        bank.database.execute("UPDATE freshet.replica_position SET stopped = 'a test wants it'"
                + " WHERE stream = 'savings' AND partition = 0");
        long before = bank.one(PASSED);
        boundaryWithoutARecord();
        bank.start();
        ReplicaWorld.until(() -> bank.one(PASSED) > before);
        assertEquals(1, bank.one(STOPPED));
        bank.await(bank.move());
        assertEquals(0, bank.one(STOPPED));
    }

    /** The agents of one instance, one call after the other. */
    private static final class Instance implements AutoCloseable {
        private final Progress progress = Progress.inOneThread();
        private final WholeAgent whole;
        private final ActiveAgent active;
        private final FreshnessAgent freshness;

        Instance(ReplicaConfig config, HeldTopic readers, HandClock clock) {
            PostgresCopyStore store = new PostgresCopyStore(config);
            whole = new WholeAgent(config, readers, store, clock, progress);
            active = new ActiveAgent(config, store, clock, progress);
            freshness = new FreshnessAgent(config, readers, store, clock, progress);
        }

        void workUntil(Callable<Boolean> condition) {
            ReplicaWorld.await()
                    .pollInSameThread()
                    .ignoreExceptionsInstanceOf(RetriableException.class)
                    .until(() -> {
                        active.doWork();
                        freshness.doWork();
                        whole.doWork();
                        return condition.call();
                    });
        }

        boolean waits() {
            return progress.state() == ReplicaStatus.State.RETRYING;
        }

        @Override
        public void close() {
            whole.close();
            active.close();
            freshness.close();
        }
    }

    @Test
    void boundaryThatBringsNoRecord_doesNotEndTheWaitsDoubling() throws Exception {
        Duration first = Duration.ofMinutes(1);
        ReplicaConfig config = bank.config().retry(first, Duration.ofHours(1)).build();
        HandClock clock = new HandClock();
        HeldTopic readers = new HeldTopic(config, bank.relay.topic("savings"));
        try (Instance instance = new Instance(config, readers, clock)) {
            instance.workUntil(() -> bank.one("SELECT count(*) FROM savings") > 0);
            bank.database.execute("ALTER TABLE savings ADD CONSTRAINT small CHECK (money < 1000000)");
            long filled = bank.one(PASSED);
            boundaryWithoutARecord();
            instance.workUntil(() -> bank.one(PASSED) > filled);
            // the next one is not stored so soon
            boundaryWithoutARecord();
            bank.lastIsTooMuch();
            instance.workUntil(instance::waits);
            long before = bank.one(PASSED);
            readers.hold();
            clock.advance(first);
            instance.workUntil(() -> bank.one(PASSED) > before);
            assertEquals(1, bank.one(STOPPED));
            readers.letGo();
            instance.workUntil(instance::waits);
            clock.advance(first);
            instance.whole.doWork();
            assertTrue(instance.waits(), "the second wait is twice as long");
            clock.advance(first);
            bank.database.execute("ALTER TABLE savings DROP CONSTRAINT small");
            instance.workUntil(() -> bank.one(STOPPED) == 0);
        }
    }
}
