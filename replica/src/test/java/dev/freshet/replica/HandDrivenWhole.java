package dev.freshet.replica;

import dev.freshet.replica.agent.ActiveAgent;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.agent.Progress;
import dev.freshet.replica.agent.Sources;
import dev.freshet.replica.agent.WholeAgent;
import dev.freshet.replica.postgres.PostgresCopyStore;
import dev.freshet.stream.LedgerReader;
import java.time.Duration;

/** An instance of a {@code per-transaction} replica that works when a test says so, under a clock that the test moves. */
final class HandDrivenWhole implements AutoCloseable {
    private static final int TURNS_BETWEEN_LOOKS = 20;

    final HandClock clock = new HandClock();
    private final Progress progress = Progress.inOneThread();
    private final ActiveAgent active;
    private final WholeAgent agent;

    HandDrivenWhole(ReplicaConfig config) {
        PostgresCopyStore store = new PostgresCopyStore(config);
        active = new ActiveAgent(config, store, clock, progress);
        agent = new WholeAgent(config, new KafkaReaders(config, clock), store, clock, progress);
    }

    /** Does one bounded piece of work, and returns what the instance tells that it is doing. */
    ReplicaStatus.State work() throws InterruptedException {
        active.doWork();
        agent.doWork();
        Sources sources = progress.sources();
        if (sources != null) {
            for (LedgerReader ledger : sources.ledgers().values()) {
                ledger.poll(Duration.ZERO);
            }
        }
        return progress.state();
    }

    /** Works until it tells that it is doing this. */
    void until(ReplicaStatus.State wanted) {
        ReplicaWorld.until(() -> {
            int turns = 0;
            while (work() != wanted && turns < TURNS_BETWEEN_LOOKS) {
                turns++;
            }
            return progress.state() == wanted;
        });
    }

    String reason() {
        return String.valueOf(progress.reason());
    }

    @Override
    public void close() {
        agent.close();
        active.close();
        Sources sources = progress.sources();
        if (sources != null) {
            sources.close();
        }
    }
}
