package dev.freshet.model.ledger;

import dev.freshet.model.Position;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The claim: every change of the running streams that the source committed up to the position is in the topics below
 * the offsets.
 *
 * @param position outside every transaction, see {@link Position#boundary}
 * @param completeTo the time by the source's clock to which the topics are complete, or null before it was first measured
 * @param offsets for each topic, by partition, the offset below which everything stands
 */
public record Boundary(Position position, @Nullable Instant completeTo, Map<String, OffsetVector> offsets) {
    /** Copies the map, sorted by topic. */
    public Boundary {
        if (position.ordinal() != 0) {
            throw new IllegalArgumentException("A boundary lies outside every transaction, but " + position
                    + " has the ordinal " + position.ordinal());
        }
        offsets = java.util.Collections.unmodifiableMap(new TreeMap<>(offsets));
    }
}
