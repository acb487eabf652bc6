package dev.freshet.replica.agent;

import dev.freshet.model.DurationText;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.apply.Fence;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that stand before a record that cannot be applied, until they are tried again; the wait doubles from try to
 * try. Belongs to one thread.
 */
final class StoppedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(StoppedPartitions.class);

    private final ReplicaConfig config;
    private final CopySession db;
    private final StreamReader reader;
    private final InstantSource clock;
    private final Progress progress;
    private final OwnedPartitions owned;
    private final Map<Partition, Instant> until = new HashMap<>();
    private final Map<Partition, Duration> waits = new HashMap<>();
    private final LockedTables lockedTables;
    private final Set<Partition> waitForTable = new HashSet<>();

    /** Creates it without partitions, for those that the instance owns. */
    StoppedPartitions(
            ReplicaConfig config,
            CopySession db,
            StreamReader reader,
            InstantSource clock,
            Progress progress,
            OwnedPartitions owned) {
        this.config = config;
        this.db = db;
        this.reader = reader;
        this.clock = clock;
        this.progress = progress;
        this.owned = owned;
        this.lockedTables = new LockedTables(config.limits());
    }

    boolean isEmpty() {
        return until.isEmpty();
    }

    /** Returns those that stand. */
    Set<Partition> all() {
        return until.keySet();
    }

    /** Stops a partition before the record, and takes {@code complete} from the copy; nothing if it is not owned any more. */
    void stop(Partition p, RecordException fault) {
        Owned row = owned.get(p);
        if (row == null) {
            return;
        }
        boolean mayBeParked = fault.fault() != null && config.deadLetters() == null;
        String reason = fault.getMessage() + (mayBeParked ? "; with a dead-letter-topic its key alone would stop" : "");
        Owned halted = row.stoppedBecause(reason);
        try {
            Fence.advance(db.positions(), config.name(), List.of(halted));
            db.reports().withdraw(reason, false);
            db.commit();
        } catch (RuntimeException e) {
            Resources.rollback(db);
            throw e;
        }
        owned.put(p, halted);
        Duration wait = wait(p, fault);
        owned.forgetMove(p);
        reader.pause(Set.of(p));
        progress.applied(0);
        LOG.error(
                "Replica '{}': {}; the partition has stopped before it and is tried again in {}",
                config.name(),
                reason,
                DurationText.of(wait));
    }

    /** Those that wait for the same table are tried again together. */
    private Duration wait(Partition p, RecordException fault) {
        Instant now = clock.instant();
        Duration last = waitForTable.remove(p) ? null : waits.get(p);
        Duration wait = config.limits().retryAfter(last);
        if (fault.isTableLocked()) {
            waitForTable.add(p);
            wait = Duration.between(now, lockedTables.refused(p.topic(), now));
        }
        until.put(p, now.plus(wait));
        waits.put(p, wait);
        return wait;
    }

    /**
     * Has those be read again whose wait is over; returns whether there were any.
     *
     * @param askAgain told the topics whose tables are to be asked again for their lock
     */
    boolean retry(Consumer<String> askAgain) {
        Instant now = clock.instant();
        lockedTables.due(now).forEach(askAgain);
        boolean any = false;
        for (Map.Entry<Partition, Instant> e : List.copyOf(until.entrySet())) {
            Partition p = e.getKey();
            Owned row = owned.get(p);
            if (row != null && !now.isBefore(e.getValue())) {
                owned.take(p, row);
                reader.seek(p, row.nextOffset());
                reader.resume(Set.of(p));
                until.remove(p);
                any = true;
            }
        }
        return any;
    }

    /** Takes note of applied records: their partitions, should they stop again, begin with the first wait. */
    void applied(List<StreamRecord> records) {
        if (!waits.isEmpty()) {
            records.stream()
                    .map(StreamRecord::partition)
                    .filter(p -> waits.remove(p) != null)
                    .forEach(this::goesOn);
        }
    }

    private void goesOn(Partition p) {
        LOG.info("Replica '{}': partition {} goes on", config.name(), p);
        if (waitForTable.remove(p)) {
            lockedTables.forget(p.topic());
        }
    }

    void forget(Partition p) {
        until.remove(p);
        waits.remove(p);
        waitForTable.remove(p);
        if (waitForTable.stream().noneMatch(other -> other.topic().equals(p.topic()))) {
            lockedTables.forget(p.topic());
        }
    }
}
