package dev.freshet.stream;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.OffsetVector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link StreamReader} over topics in memory, by hand; a poll gives at most {@link #pollLimit} records. */
final class PlayedReader implements StreamReader {
    static final Duration LIMIT = Duration.ofHours(1);

    final Map<Partition, List<StreamRecord>> log = new TreeMap<>();
    final Map<String, String> ids = new HashMap<>();
    final Set<Partition> paused = new HashSet<>();
    /** Up to where what is there is committed, if not all is. */
    final Map<Partition, Long> stable = new HashMap<>();
    /** Up to where is read without a record, such as over markers and what was taken back. */
    final Map<Partition, Long> passed = new HashMap<>();

    int pollLimit = 1000;
    Instant now = Ledgers.START;
    private final Map<Partition, Long> at = new TreeMap<>();

    void topic(String topic, int partitions) {
        ids.put(topic, "id-" + topic);
        for (int p = 0; p < partitions; p++) {
            log.put(new Partition(topic, p), new ArrayList<>());
        }
    }

    StreamRecord append(Partition p, long lsn, long ordinal, @Nullable String value) {
        return append(p, new Position(1, lsn, ordinal, 0), value, false);
    }

    StreamRecord append(Partition p, Position position, @Nullable String value, boolean readBack) {
        List<StreamRecord> records = log.get(p);
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        StreamRecord r = new StreamRecord(
                p,
                records.size(),
                now.toEpochMilli(),
                "key".getBytes(StandardCharsets.UTF_8),
                bytes,
                value == null ? Op.DELETE : Op.UPDATE,
                position,
                "version",
                readBack);
        records.add(r);
        return r;
    }

    Map<String, OffsetVector> ends() {
        Map<Partition, Long> ends = new HashMap<>();
        log.forEach((p, records) -> ends.put(p, (long) records.size()));
        return OffsetVectors.of(ends);
    }

    @Override
    public void subscribe(Set<String> topics, AssignmentListener listener) {
        throw new UnsupportedOperationException("A reader of boundaries has no group");
    }

    @Override
    public void assign(Map<Partition, Long> starts) {
        at.clear();
        at.putAll(starts);
        paused.clear();
    }

    @Override
    public StreamBatch poll(Duration wait) {
        List<StreamRecord> got = new ArrayList<>();
        Map<Partition, Long> moved = new HashMap<>();
        for (Map.Entry<Partition, Long> e : at.entrySet()) {
            List<StreamRecord> records = log.get(e.getKey());
            long end = stable.getOrDefault(e.getKey(), (long) records.size());
            while (!paused.contains(e.getKey()) && got.size() < pollLimit && e.getValue() < end) {
                got.add(records.get(e.getValue().intValue()));
                e.setValue(e.getValue() + 1);
                moved.put(e.getKey(), e.getValue());
            }
            if (passed.getOrDefault(e.getKey(), 0L) > e.getValue() && e.getValue() >= records.size()) {
                e.setValue(passed.get(e.getKey()));
                moved.put(e.getKey(), e.getValue());
            }
        }
        return new StreamBatch(got, moved);
    }

    @Override
    public Set<Partition> assignment() {
        return at.keySet();
    }

    @Override
    public long position(Partition partition) {
        return at.get(partition);
    }

    @Override
    public void seek(Partition partition, long offset) {
        at.put(partition, offset);
    }

    @Override
    public void pause(Collection<Partition> partitions) {
        paused.addAll(partitions);
    }

    @Override
    public void resume(Collection<Partition> partitions) {
        paused.removeAll(partitions);
    }

    @Override
    public Map<String, OffsetVector> endOffsets(Set<String> topics) {
        Map<String, OffsetVector> ends = ends();
        ends.keySet().retainAll(topics);
        return ends;
    }

    @Override
    public TopicAnswers describe(Set<String> topics, Set<String> others) {
        Map<String, TopicFacts> facts = new HashMap<>();
        ends().forEach((topic, end) -> {
            if (topics.contains(topic) && ids.containsKey(topic)) {
                facts.put(topic, new TopicFacts(topic, ids.get(topic), end.partitions(), LIMIT, LIMIT));
            }
        });
        return new TopicAnswers(facts, Map.of());
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {}
}
