package dev.freshet.replica.fill;

import dev.freshet.replica.HandClock;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaWorld;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.agent.BegunStreams;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.agent.Sources;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.postgres.PostgresCopyStore;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.StreamReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** A fill whose pieces a test asks for one by one, under a clock that the test moves. */
final class HandDrivenFill implements AutoCloseable {
    final HandClock clock = new HandClock();
    final StreamFill fill;
    private final Sources sources;
    private final StreamReader reader;
    private final CopySession db;

    HandDrivenFill(ReplicaConfig config) throws Exception {
        StreamTarget target = config.streams().get(0);
        KafkaReaders readers = new KafkaReaders(config, clock);
        sources = Sources.open(config, readers);
        reader = readers.alone();
        db = new PostgresCopyStore(config).open();
        db.prepare();
        BegunStreams.ensure(db, config.streams());
        db.commit();
        fill = Objects.requireNonNull(StreamFill.begin(
                db,
                config,
                target,
                sources.schema(target.topic(), sources.newestVersion(target.topic())),
                sources,
                reader,
                clock,
                () -> Instant.MAX,
                null));
    }

    /** Works until so many rows are there. */
    void untilRows(long rows) {
        ReplicaWorld.until(() -> fill.work() >= 0 && fill.rows() >= rows);
    }

    /** Reads the ledger, whose newest entry is seen only some time after its commit, and works until the new table is complete. */
    void untilComplete() {
        ReplicaWorld.until(() -> {
            for (LedgerReader ledger : sources.ledgers().values()) {
                ledger.poll(Duration.ZERO);
            }
            fill.work();
            return fill.isComplete();
        });
    }

    @Override
    public void close() {
        fill.close();
        db.close();
        reader.close();
        sources.close();
    }
}
