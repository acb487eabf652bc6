package dev.freshet.replica.apply;

import dev.freshet.replica.port.RecordKey;
import dev.freshet.stream.StreamRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Of the records of a batch the last one of each key, which alone is written. Belongs to one thread. */
final class LastOfEachKey {
    private final Map<String, Map<RecordKey, StreamRecord>> byTopic = new HashMap<>();
    private final Set<RecordKey> repeated = new HashSet<>();

    /** Takes in records; per partition in order. */
    void add(List<StreamRecord> records) {
        @Nullable String topic = null;
        Map<RecordKey, StreamRecord> ofTopic = Map.of();
        for (StreamRecord r : records) {
            if (!r.topic().equals(topic)) {
                topic = r.topic();
                ofTopic = byTopic.computeIfAbsent(topic, t -> new LinkedHashMap<>());
            }
            RecordKey key = new RecordKey(r.key());
            if (ofTopic.put(key, r) != null) {
                repeated.add(key);
            }
        }
    }

    /** Returns the records that are left, by key, one map a topic. */
    Collection<Map<RecordKey, StreamRecord>> records() {
        return byTopic.values();
    }

    /** Returns the keys that had more records than the last; others may be added. */
    Set<RecordKey> repeated() {
        return repeated;
    }

    void clear() {
        byTopic.values().forEach(Map::clear);
        repeated.clear();
    }
}
