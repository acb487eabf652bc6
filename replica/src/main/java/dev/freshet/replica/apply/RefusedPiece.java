package dev.freshet.replica.apply;

import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the records of a piece stand that was refused, so that they are known when their transaction is written again. */
final class RefusedPiece {
    private record Offsets(long first, long last) {
        Offsets and(long offset) {
            return new Offsets(Math.min(first, offset), Math.max(last, offset));
        }

        boolean contains(long offset) {
            return first <= offset && offset <= last;
        }
    }

    private final Map<Partition, Offsets> byPartition = new HashMap<>();

    RefusedPiece(List<StreamRecord> piece) {
        for (StreamRecord r : piece) {
            Offsets known = byPartition.getOrDefault(r.partition(), new Offsets(r.offset(), r.offset()));
            byPartition.put(r.partition(), known.and(r.offset()));
        }
    }

    /** Returns whether a piece has one of the records; it may be cut in another way. */
    boolean meets(List<StreamRecord> piece) {
        for (StreamRecord r : piece) {
            Offsets refused = byPartition.get(r.partition());
            if (refused != null && refused.contains(r.offset())) {
                return true;
            }
        }
        return false;
    }
}
