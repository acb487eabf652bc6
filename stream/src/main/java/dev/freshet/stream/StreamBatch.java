package dev.freshet.stream;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What one poll gave.
 *
 * @param records the records; those of one partition in the order of their offsets, partitions one after another
 * @param positions for each partition whose position moved, also without a record (transaction markers and what was
 *     compacted away have none), the offset of the next record to read: what a copy stores with the effect
 */
public record StreamBatch(List<StreamRecord> records, Map<Partition, Long> positions) {
    /** Nothing. */
    public static final StreamBatch EMPTY = new StreamBatch(List.of(), Map.of());

    /** Makes both unmodifiable without copying them; the caller gives them away. */
    public StreamBatch {
        records = Collections.unmodifiableList(records);
        positions = Collections.unmodifiableMap(positions);
    }

    /** Returns whether neither a record came nor a position moved. */
    public boolean isEmpty() {
        return records.isEmpty() && positions.isEmpty();
    }
}
