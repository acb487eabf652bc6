package dev.freshet.replica.park;

import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The parked keys of the partitions that an instance owns, as the database has them: nobody else changes them meanwhile. Belongs
 * to one thread.
 */
public final class ParkedKeys {
    private final Map<Partition, Parked> parked = new HashMap<>();

    private record Parked(String stream, Set<RecordKey> keys) {}

    /** Creates it without partitions. */
    public ParkedKeys() {}

    /** Reads those of a partition, in the transaction that has just claimed it. */
    public void take(CopySession db, String stream, Partition partition) {
        Set<RecordKey> keys = db.parked().keys(stream, partition.number());
        if (keys.isEmpty()) {
            parked.remove(partition);
        } else {
            parked.put(partition, new Parked(stream, keys));
        }
    }

    /** Gives up a partition. */
    public void forget(Partition partition) {
        parked.remove(partition);
    }

    boolean contains(Partition partition, RecordKey key) {
        Parked of = parked.get(partition);
        return of != null && of.keys().contains(key);
    }

    void add(String stream, Partition partition, RecordKey key) {
        parked.computeIfAbsent(partition, p -> new Parked(stream, new HashSet<>()))
                .keys()
                .add(key);
    }

    /** Returns by stream the parked keys that have a later record among the given ones: once applied, they are mended. */
    public Map<String, Set<RecordKey>> mendedBy(Iterable<StreamRecord> records) {
        if (parked.isEmpty()) {
            return Map.of();
        }
        Map<String, Set<RecordKey>> mended = new HashMap<>();
        for (StreamRecord r : records) {
            Parked of = parked.get(r.partition());
            if (of != null) {
                RecordKey key = new RecordKey(r.key());
                if (of.keys().contains(key)) {
                    mended.computeIfAbsent(of.stream(), s -> new HashSet<>()).add(key);
                }
            }
        }
        return mended;
    }

    /** Takes note of keys that are committed as mended. */
    public void mended(Map<String, Set<RecordKey>> keys) {
        if (!keys.isEmpty()) {
            parked.values().removeIf(of -> {
                of.keys().removeAll(keys.getOrDefault(of.stream(), Set.of()));
                return of.keys().isEmpty();
            });
        }
    }
}
