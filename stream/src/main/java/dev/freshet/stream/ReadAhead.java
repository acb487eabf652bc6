package dev.freshet.stream;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.OffsetVector;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Records that were read and not handed over yet, by partition in the order of their offsets. Belongs to one thread. */
final class ReadAhead {
    private static final int PIECES = 20;

    private final Map<Partition, Deque<StreamRecord>> byPartition = new TreeMap<>();
    private int records;
    private long bytes;

    void add(StreamRecord r) {
        byPartition.computeIfAbsent(r.partition(), p -> new ArrayDeque<>()).add(r);
        records++;
        bytes += r.bytes();
    }

    boolean isEmpty() {
        return records == 0;
    }

    boolean isFull(BoundaryLimits limits) {
        return records >= limits.records() || bytes >= limits.bytes();
    }

    /** Returns whether there is a fraction of the limits, such as is written at once. */
    boolean isWorthAPiece(BoundaryLimits limits) {
        return records > 0 && (records >= limits.records() / PIECES || bytes >= limits.bytes() / PIECES);
    }

    /** Returns the offset of the first record of a partition, or null. */
    @Nullable
    Long firstOffset(Partition partition) {
        Deque<StreamRecord> queue = byPartition.get(partition);
        StreamRecord first = queue == null ? null : queue.peek();
        return first == null ? null : first.offset();
    }

    /** Returns the last record of a partition below an offset, or null. */
    @Nullable
    StreamRecord lastBelow(Partition partition, long offset) {
        Deque<StreamRecord> queue = byPartition.get(partition);
        if (queue != null) {
            for (Iterator<StreamRecord> it = queue.descendingIterator(); it.hasNext(); ) {
                StreamRecord r = it.next();
                if (r.offset() < offset) {
                    return r;
                }
            }
        }
        return null;
    }

    /** Returns when the oldest record was appended, or null. */
    @Nullable
    Instant oldest() {
        Instant oldest = null;
        for (Deque<StreamRecord> queue : byPartition.values()) {
            StreamRecord first = queue.peek();
            if (first != null) {
                Instant appended = Instant.ofEpochMilli(first.timestampMillis());
                oldest = oldest == null || appended.isBefore(oldest) ? appended : oldest;
            }
        }
        return oldest;
    }

    /** Takes the records below the offsets. */
    List<StreamRecord> takeBelow(Map<String, OffsetVector> offsets) {
        return take(r -> {
            OffsetVector vector = offsets.get(r.topic());
            return vector != null
                    && r.partition().number() < vector.partitions()
                    && r.offset() < vector.offset(r.partition().number());
        });
    }

    /** Takes the records at or below the position. */
    List<StreamRecord> takeUpTo(Position position) {
        return take(r -> r.position().compareTo(position) <= 0);
    }

    private List<StreamRecord> take(Predicate<StreamRecord> wanted) {
        List<StreamRecord> taken = new ArrayList<>();
        for (Deque<StreamRecord> queue : byPartition.values()) {
            for (StreamRecord r = queue.peek(); r != null && wanted.test(r); r = queue.peek()) {
                taken.add(r);
                queue.remove();
                bytes -= r.bytes();
            }
        }
        records -= taken.size();
        return taken;
    }

    void clear() {
        byPartition.clear();
        records = 0;
        bytes = 0;
    }
}
