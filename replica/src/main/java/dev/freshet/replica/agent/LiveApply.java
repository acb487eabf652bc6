package dev.freshet.replica.agent;

import dev.freshet.model.RetriableException;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.BatchApplier;
import dev.freshet.replica.apply.Halving;
import dev.freshet.replica.park.DeadLetterBox;
import dev.freshet.replica.park.ParkedKeys;
import dev.freshet.replica.park.Parking;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.stream.AssignmentListener;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.ForeignRecordException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the changes of the partitions that the group gives to this instance, but for those of missing streams.
 *
 * <p>A poll's records are committed together. If that fails for a reason that lies in a record, each partition is applied by
 * itself, halving, until the record is found. It is parked, if it is at fault itself and the replica has a dead-letter topic; else
 * its partition stops before it. All others go on.
 */
final class LiveApply implements AssignmentListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveApply.class);

    private final ReplicaConfig config;
    private final CopySession db;
    private final StreamReader reader;
    private final InstantSource clock;
    private final Progress progress;
    private final BatchApplier applier;
    private final Map<String, String> streamOfTopic = new HashMap<>();
    private final Map<String, String> filledFrom = new HashMap<>();
    private final OwnedPartitions owned = new OwnedPartitions();
    private final StoppedPartitions stopped;
    private final ParkedKeys parked = new ParkedKeys();
    private final @Nullable Parking parking;
    private final Set<Partition> leftOut = new TreeSet<>();

    LiveApply(
            ReplicaConfig config,
            CopySession db,
            StreamReader reader,
            Function<String, DeadLetters> deadLetters,
            Sources sources,
            InstantSource clock,
            Progress progress) {
        this.config = config;
        this.db = db;
        this.reader = reader;
        this.clock = clock;
        this.progress = progress;
        List<StreamTarget> streams =
                config.streams().stream().filter(t -> sources.knows(t.topic())).toList();
        this.applier = new BatchApplier(db, config.name(), db.writer(streams, sources, WriteMode.BATCHES));
        DeadLetterSettings dead = config.deadLetters();
        this.parking = dead == null
                ? null
                : new Parking(config, db, parked, new DeadLetterBox(config, dead, deadLetters, clock));
        this.stopped = new StoppedPartitions(config, db, reader, clock, progress, owned);
        for (StreamTarget t : streams) {
            streamOfTopic.put(t.topic(), t.stream());
        }
    }

    /** Joins the group. */
    void join() {
        progress.leftOut(Set.of());
        progress.takePrepareAgain();
        reader.subscribe(streamOfTopic.keySet(), this);
    }

    /** A partition that no fill knows is left out, until {@link #takeUpLeftOut}. */
    @Override
    public Map<Partition, Long> assigned(Set<Partition> partitions) {
        Map<Partition, Long> starts = new HashMap<>();
        try {
            for (Partition p : partitions) {
                String stream = streamOfTopic.get(p.topic());
                Owned row = stream == null ? null : db.positions().claim(stream, p.number());
                if (row == null) {
                    leftOut.add(p);
                    continue;
                }
                owned.take(p, row);
                parked.take(db, row.stream(), p);
                starts.put(p, row.nextOffset());
            }
            for (StreamRow row : db.streams().read()) {
                filledFrom.put(row.topic(), row.topicId());
            }
            db.commit();
        } catch (StoreException e) {
            Resources.rollback(db);
            throw claimFailed(e);
        }
        progress.leftOut(leftOut);
        LOG.debug("Replica '{}' has taken over {}", config.name(), partitions);
        return starts;
    }

    /** Takes over those of the partitions that were left out which a fill knows by now. */
    void takeUpLeftOut() {
        Set<Partition> again = Set.copyOf(leftOut);
        if (again.isEmpty()) {
            return;
        }
        leftOut.clear();
        applier.forgetTables();
        Map<Partition, Long> starts = assigned(again);
        starts.forEach(reader::seek);
        reader.resume(starts.keySet());
    }

    private RuntimeException claimFailed(StoreException e) {
        if (e.kind() == StoreException.Kind.LOCK_TIMEOUT) {
            try {
                int ended = db.endFrozen();
                LOG.warn(
                        "Replica '{}' could not take over a partition within lock_timeout; {} frozen sessions were ended",
                        config.name(),
                        ended);
            } catch (StoreException further) {
                e.addSuppressed(further);
            }
        }
        return e.during("Replica '" + config.name() + "' could not take over its partitions");
    }

    @Override
    public void revoked(Set<Partition> partitions) {
        forget(partitions);
    }

    @Override
    public void lost(Set<Partition> partitions) {
        forget(partitions);
    }

    private void forget(Collection<Partition> partitions) {
        for (Partition p : partitions) {
            owned.forget(p);
            parked.forget(p);
            stopped.forget(p);
            leftOut.remove(p);
        }
        progress.leftOut(leftOut);
    }

    /**
     * Applies what has come.
     *
     * @param wait how long to wait for something to come
     * @return how many records
     */
    int work(Duration wait) throws InterruptedException {
        if (stopped.retry(applier::askAgain)) {
            applier.forgetTables();
        }
        StreamBatch batch;
        try {
            batch = reader.poll(wait);
        } catch (ForeignRecordException e) {
            return stopBeforeForeign(e);
        }
        if (progress.takePrepareAgain()) {
            throw new RetriableException(
                    "A table of replica '" + config.name() + "' is to be filled anew: this instance prepares again");
        }
        List<StreamRecord> records = owned.fresh(batch);
        storeMoves();
        applyAll(records);
        owned.noteMoves(clock.instant());
        return records.size();
    }

    private void applyAll(List<StreamRecord> records) throws InterruptedException {
        int from = 0;
        while (from < records.size()) {
            int to = cut(records, from);
            List<StreamRecord> part = stillOwned(records.subList(from, to));
            commit(part);
            from = to;
        }
    }

    private int cut(List<StreamRecord> records, int from) {
        int to = from;
        long bytes = 0;
        int most = Math.min(records.size(), from + config.limits().batchRecords());
        while (to < most && bytes < config.limits().batchBytes()) {
            bytes += records.get(to).bytes();
            to++;
        }
        return to;
    }

    /** A partition that stopped in an earlier part of the same poll gives nothing more. */
    private List<StreamRecord> stillOwned(List<StreamRecord> part) {
        return stopped.isEmpty()
                ? part
                : part.stream()
                        .filter(r -> !stopped.all().contains(r.partition()))
                        .toList();
    }

    private void commit(List<StreamRecord> records) throws InterruptedException {
        try {
            apply(records, owned.after(records));
        } catch (RecordException e) {
            isolate(records, e);
        } catch (StoreException e) {
            if (e.isPassing()) {
                throw e;
            }
            isolate(records, e);
        }
    }

    private void apply(List<StreamRecord> records, Map<Partition, Owned> after) throws InterruptedException {
        Map<String, Set<RecordKey>> mended = parked.mendedBy(records);
        applier.apply(records, List.copyOf(after.values()), mended);
        parked.mended(mended);
        owned.putAll(after);
        stopped.applied(records);
        progress.applied(records.size());
    }

    /** Stores where the reader has moved on without a record, once it is proven. */
    private void storeMoves() throws InterruptedException {
        TopicIds ids = progress.topicIds();
        Map<Partition, Owned> moved = ids == null ? Map.of() : owned.prove(ids, filledFrom);
        if (!moved.isEmpty()) {
            apply(List.of(), moved);
        }
    }

    /**
     * Applies each partition by itself, up to the record that is at fault, which is parked if it may be; else the partition
     * stops before it.
     */
    private void isolate(List<StreamRecord> records, Exception cause) throws InterruptedException {
        LOG.debug("A batch is applied partition by partition", cause);
        Map<Partition, List<StreamRecord>> byPartition = new LinkedHashMap<>();
        for (StreamRecord r : records) {
            byPartition.computeIfAbsent(r.partition(), p -> new ArrayList<>()).add(r);
        }
        for (List<StreamRecord> ofOne : byPartition.values()) {
            Halving.apply(ofOne, this::faultOf, this::parkOrStop);
        }
    }

    /** Applies records; returns what is wrong if it lies in one of them, which is known if it is the only one. */
    private @Nullable RecordException faultOf(List<StreamRecord> part) throws InterruptedException {
        try {
            apply(part, owned.after(part));
            return null;
        } catch (RecordException e) {
            return e;
        } catch (StoreException e) {
            if (e.isPassing()) {
                throw e;
            }
            return RecordException.refused(part.get(0), e);
        }
    }

    private boolean parkOrStop(StreamRecord r, RecordException why) throws InterruptedException {
        RecordException stopping = park(r, why);
        if (stopping != null) {
            stopped.stop(r.partition(), stopping);
        }
        return stopping == null;
    }

    /** Parks a record that is at fault itself; returns why its partition must stop before it, or null. */
    private @Nullable RecordException park(StreamRecord r, RecordException why) throws InterruptedException {
        Owned row = owned.get(r.partition());
        if (parking == null || why.fault() == null || row == null) {
            return why;
        }
        try {
            owned.put(r.partition(), parking.park(r, why, row));
        } catch (RecordException e) {
            return e;
        }
        stopped.applied(List.of(r));
        progress.applied(0);
        return null;
    }

    /** A record that no relay wrote stops its partition like any other that cannot be applied. */
    private int stopBeforeForeign(ForeignRecordException e) {
        Partition p = e.partition();
        if (owned.get(p) == null) {
            throw e;
        }
        stopped.stop(p, new RecordException(p, e.offset(), String.valueOf(e.getMessage()), e));
        return 1;
    }

    @Override
    public void close() {
        applier.close();
        if (parking != null) {
            parking.close();
        }
        reader.close();
    }
}
