package dev.freshet.stream;

import dev.freshet.model.ledger.Boundary;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Up to where what was read surely is of the topics from which the copy was filled. One that was made again may have as many
 * offsets, and none of the records.
 *
 * <p>Asking the brokers after the reading proves all of it. So does the last record below a boundary: whatever a topic that was
 * made again gets is written above every boundary of the former one. Belongs to one thread.
 */
final class ProvenOffsets {
    private final Map<Partition, Long> upTo = new HashMap<>();

    /** Begins, or takes note of what the brokers have said: what was read up to there is of the topics. */
    void prove(Map<Partition, Long> read) {
        upTo.putAll(read);
    }

    void clear() {
        upTo.clear();
    }

    /** Returns whether all that was read below a boundary is proven, by what was not handed over yet or before. */
    boolean reach(Boundary boundary, Collection<Partition> partitions, ReadAhead ahead) {
        for (Partition p : partitions) {
            long end = end(boundary, p);
            if (end > upTo.getOrDefault(p, 0L)) {
                StreamRecord last = ahead.lastBelow(p, end);
                if (last == null || last.offset() < end - 1 || last.position().isAfter(boundary.position())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Takes note that a boundary was claimed; returns up to where a partition is proven, by it or before. */
    long claimed(Boundary boundary, Partition p) {
        return upTo.merge(p, end(boundary, p), Math::max);
    }

    private static long end(Boundary boundary, Partition p) {
        return Objects.requireNonNull(boundary.offsets().get(p.topic())).offset(p.number());
    }
}
