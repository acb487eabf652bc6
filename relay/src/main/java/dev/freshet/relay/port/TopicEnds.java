package dev.freshet.relay.port;

import dev.freshet.model.ledger.OffsetVector;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** For each topic and partition the offset behind the last record known; only ever raised. Belongs to one thread. */
public final class TopicEnds {
    private final Map<String, long[]> ends = new HashMap<>();

    /** Creates ends without a topic. */
    public TopicEnds() {}

    /** Adds a topic with the given ends, or raises those it has. */
    public void add(String topic, long[] offsets) {
        long[] known = ends.computeIfAbsent(topic, t -> new long[offsets.length]);
        if (known.length != offsets.length) {
            throw new IllegalStateException(
                    "Topic '" + topic + "' had " + known.length + " partitions and now has " + offsets.length);
        }
        for (int p = 0; p < offsets.length; p++) {
            known[p] = Math.max(known[p], offsets[p]);
        }
    }

    /**
     * Raises the end of a partition of a topic that was added.
     *
     * @param first the offset of the first record just written; there is one writer, so that it stands above all that were
     *     known
     * @param end the offset behind the last one
     * @param records how many were written; between them there may be the markers of earlier transactions
     * @return null; or, if the first lies below the known end or there is no room for all of them, what has become of the
     *     topic, which is another one, or has lost records, however many were written over them
     */
    public @Nullable String raise(String topic, int partition, long first, long end, int records) {
        long[] known = ends.get(topic);
        if (known == null) {
            throw new IllegalStateException("Topic '" + topic + "' was not added");
        }
        if (first < known[partition]) {
            return "Topic '" + topic + "' was truncated, or deleted and made again: records just written to partition "
                    + partition + " begin at offset " + first + ", but it was written up to " + known[partition];
        }
        if (end - first < records) {
            return "Topic '" + topic + "' was truncated, or deleted and made again, while it was written to: " + records
                    + " records of one transaction to partition " + partition + " begin at offset " + first
                    + " and end before " + end;
        }
        known[partition] = end;
        return null;
    }

    /** Returns a copy by topic. */
    public Map<String, OffsetVector> toVectors() {
        Map<String, OffsetVector> vectors = new HashMap<>();
        ends.forEach((topic, offsets) -> vectors.put(topic, OffsetVector.of(offsets)));
        return vectors;
    }
}
