package dev.freshet.simulation;

import dev.freshet.replica.port.ParkedKey;
import dev.freshet.replica.port.ParkedRows;
import dev.freshet.replica.port.ParkedStream;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.ParkedId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The parked keys in the simulated database; its tables refuse no record, so that there are none. */
final class SimParkedRows implements ParkedRows {
    private final SimStore store;
    private final SimSession session;

    SimParkedRows(SimStore store, SimSession session) {
        this.store = store;
        this.session = session;
    }

    private List<ParkedKey> of(String stream) {
        List<ParkedKey> found = new ArrayList<>();
        for (Cell<ParkedKey> cell : store.parked.values()) {
            ParkedKey key = session.get(cell);
            if (key != null && key.stream().equals(stream)) {
                found.add(key);
            }
        }
        return found;
    }

    @Override
    public Set<RecordKey> keys(String stream, int partition) {
        session.call();
        return of(stream).stream()
                .filter(k -> k.partition() == partition)
                .map(ParkedKey::key)
                .collect(Collectors.toSet());
    }

    @Override
    public long count(String stream) {
        session.call();
        return of(stream).size();
    }

    @Override
    public void park(ParkedKey key) {
        session.call();
        session.set(SimSession.cell(store.parked, new ParkedId(key.stream(), key.key())), key);
    }

    @Override
    public void mend(String stream, Collection<RecordKey> keys) {
        session.call();
        keys.forEach(key -> session.set(SimSession.cell(store.parked, new ParkedId(stream, key)), null));
    }

    @Override
    public void replace(String stream, List<ParkedKey> keys) {
        mend(stream, of(stream).stream().map(ParkedKey::key).toList());
        keys.forEach(this::park);
    }

    @Override
    public List<ParkedStream> read() {
        session.call();
        Map<String, ParkedStream> streams = new TreeMap<>();
        for (Cell<ParkedKey> cell : store.parked.values()) {
            ParkedKey key = session.get(cell);
            if (key != null) {
                streams.merge(
                        key.stream(),
                        new ParkedStream(key.stream(), 1, Instant.EPOCH, key.error()),
                        (a, b) -> new ParkedStream(a.stream(), a.keys() + 1, a.since(), a.oldest()));
            }
        }
        return List.copyOf(streams.values());
    }
}
