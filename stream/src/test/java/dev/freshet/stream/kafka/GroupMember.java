package dev.freshet.stream.kafka;

import dev.freshet.model.RetriableException;
import dev.freshet.stream.AssignmentListener;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An instance of a service on a thread of its own, which applies records to the store that all instances share. */
final class GroupMember implements AssignmentListener, AutoCloseable {
    /** The database of all instances: offsets and effects, one lock for both. */
    static final class Store {
        final Map<Partition, Long> offsets = new HashMap<>();
        final Map<Partition, List<String>> applied = new HashMap<>();
        final Map<Partition, GroupMember> owners = new HashMap<>();
        int refused;

        synchronized int count() {
            return applied.values().stream().mapToInt(List::size).sum();
        }
    }

    final Set<Partition> owned = new ConcurrentSkipListSet<>();
    final Set<Partition> everRevoked = new ConcurrentSkipListSet<>();
    final Set<Partition> everLost = new ConcurrentSkipListSet<>();

    /** While {@link #stall} is set this member waits for it, and does not poll. */
    final Object stalled = new Object();

    volatile boolean stall;
    final AtomicInteger failures = new AtomicInteger();
    private final Store store;
    private final KafkaStreamReader reader;
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;
    private final AtomicInteger failuresWanted = new AtomicInteger();

    GroupMember(KafkaStreamReader reader, Set<String> topics, Store store) {
        this.reader = reader;
        this.store = store;
        reader.subscribe(topics, this);
        thread = new Thread(this::run, "member");
    }

    GroupMember start() {
        thread.start();
        return this;
    }

    /** Has the store be away for the next takings-over. */
    GroupMember failing(int times) {
        failuresWanted.set(times);
        return this;
    }

    private void run() {
        try {
            while (!closing) {
                if (stall) {
                    synchronized (stalled) {
                        stall = false;
                    }
                }
                try {
                    apply(reader.poll(Duration.ofMillis(50)));
                } catch (RetriableException e) {
                    failures.incrementAndGet();
                }
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            reader.close();
        }
    }

    private void apply(StreamBatch batch) {
        synchronized (store) {
            for (StreamRecord record : batch.records()) {
                if (store.owners.get(record.partition()) != this) {
                    store.refused++;
                    continue;
                }
                byte[] value = record.value();
                store.applied
                        .computeIfAbsent(record.partition(), p -> new ArrayList<>())
                        .add(value == null ? "-" : new String(value, StandardCharsets.UTF_8));
            }
            batch.positions().forEach((partition, offset) -> {
                if (store.owners.get(partition) == this) {
                    store.offsets.put(partition, offset);
                }
            });
        }
    }

    @Override
    public Map<Partition, Long> assigned(Set<Partition> partitions) {
        if (failuresWanted.getAndDecrement() > 0) {
            throw new RetriableException("The store is away");
        }
        Map<Partition, Long> starts = new HashMap<>();
        synchronized (store) {
            for (Partition p : partitions) {
                store.owners.put(p, this);
                starts.put(p, store.offsets.getOrDefault(p, 0L));
            }
        }
        owned.addAll(partitions);
        return starts;
    }

    @Override
    public void revoked(Set<Partition> partitions) {
        owned.removeAll(partitions);
        everRevoked.addAll(partitions);
    }

    @Override
    public void lost(Set<Partition> partitions) {
        owned.removeAll(partitions);
        everLost.addAll(partitions);
    }

    void check() {
        if (failure != null) {
            throw new AssertionError("The member failed", failure);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        check();
    }
}
