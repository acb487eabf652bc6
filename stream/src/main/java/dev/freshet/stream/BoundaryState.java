package dev.freshet.stream;

import dev.freshet.model.Position;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Where a copy stands that moves from boundary to boundary: what a consumer stores with the effect of a batch, in the same
 * transaction, and hands in when it starts again.
 *
 * @param offsets for each partition of each topic the offset of the next record
 * @param seen for each of them the last position handed over; {@link Position#ZERO} before the first
 * @param topicIds by topic the id of the topic from which the copy was filled
 * @param atEnd when the copy was last at the logs' end; for one that is being filled, when that began
 */
public record BoundaryState(
        Map<Partition, Long> offsets, Map<Partition, Position> seen, Map<String, String> topicIds, Instant atEnd) {
    /** An empty copy, which is to be filled from the topics' beginning. */
    public static final BoundaryState NONE = new BoundaryState(Map.of(), Map.of(), Map.of(), Instant.EPOCH);

    /** Copies the maps, and rejects offsets and positions of different partitions. */
    public BoundaryState {
        offsets = Map.copyOf(offsets);
        seen = Map.copyOf(seen);
        topicIds = Map.copyOf(topicIds);
        Objects.requireNonNull(atEnd, "atEnd");
        if (!offsets.keySet().equals(seen.keySet())) {
            throw new IllegalArgumentException("A copy has offsets of " + offsets.keySet() + ", but last positions of "
                    + seen.keySet() + ": store both of each partition");
        }
    }

    /** Returns whether it is that of an empty copy. */
    public boolean isNone() {
        return offsets.isEmpty();
    }

    /** Returns the highest position handed over. */
    Position highest() {
        return seen.values().stream().max(Position::compareTo).orElse(Position.ZERO);
    }
}
