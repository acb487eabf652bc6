package dev.freshet.stream;

import dev.freshet.model.ledger.OffsetVector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Comparing the offsets of topics partition by partition. */
final class OffsetVectors {
    private OffsetVectors() {}

    /** Returns the offsets by topic; a partition that is missing below others counts as at 0. */
    static Map<String, OffsetVector> of(Map<Partition, Long> offsets) {
        Map<String, long[]> byTopic = new HashMap<>();
        offsets.forEach((p, offset) -> {
            long[] vector = byTopic.getOrDefault(p.topic(), new long[0]);
            if (vector.length <= p.number()) {
                vector = Arrays.copyOf(vector, p.number() + 1);
            }
            vector[p.number()] = offset;
            byTopic.put(p.topic(), vector);
        });
        Map<String, OffsetVector> vectors = new HashMap<>();
        byTopic.forEach((topic, vector) -> vectors.put(topic, OffsetVector.of(vector)));
        return vectors;
    }

    /** Returns whether there is a position for every partition of every topic of {@code needed}, at or above it. */
    static boolean covers(Map<String, OffsetVector> positions, Map<String, OffsetVector> needed) {
        for (Map.Entry<String, OffsetVector> e : needed.entrySet()) {
            if (!covers(positions.get(e.getKey()), e.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether both have the same partitions and each position is at or above the needed one. */
    static boolean covers(@Nullable OffsetVector positions, @Nullable OffsetVector needed) {
        if (positions == null || needed == null || positions.partitions() != needed.partitions()) {
            return false;
        }
        for (int p = 0; p < needed.partitions(); p++) {
            if (positions.offset(p) < needed.offset(p)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the sum over the partitions of {@code ends} minus position, none below 0; a missing position counts as 0. */
    static long behind(Map<String, OffsetVector> positions, Map<String, OffsetVector> ends) {
        long sum = 0;
        for (Map.Entry<String, OffsetVector> e : ends.entrySet()) {
            OffsetVector at = positions.get(e.getKey());
            OffsetVector end = e.getValue();
            for (int p = 0; p < end.partitions(); p++) {
                long position = at != null && p < at.partitions() ? at.offset(p) : 0;
                sum += Math.max(0, end.offset(p) - position);
            }
        }
        return sum;
    }
}
