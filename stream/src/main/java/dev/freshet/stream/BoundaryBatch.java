package dev.freshet.stream;

import dev.freshet.model.ledger.Boundary;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BoundaryReader} hands over: all that leads to a boundary, or a piece of it.
 *
 * <p>A consumer applies pieces in one transaction of its own and commits with the {@link #last} one, together with {@link
 * #state()}; then its copy is what the source was at the boundary. Before the last piece it shows nothing to anybody.
 */
public final class BoundaryBatch {
    private final List<StreamRecord> records;
    private final @Nullable Boundary boundary;
    private final @Nullable BoundaryState state;

    private BoundaryBatch(List<StreamRecord> records, @Nullable Boundary boundary, @Nullable BoundaryState state) {
        this.records = Collections.unmodifiableList(records);
        this.boundary = boundary;
        this.state = state;
    }

    static BoundaryBatch piece(List<StreamRecord> records) {
        return new BoundaryBatch(records, null, null);
    }

    static BoundaryBatch last(List<StreamRecord> records, Boundary boundary, BoundaryState state) {
        return new BoundaryBatch(records, boundary, state);
    }

    /**
     * Returns the records; those of one partition in the order of their offsets, partitions one after another. None if only
     * the boundary has moved.
     */
    public List<StreamRecord> records() {
        return records;
    }

    /** Returns whether the boundary is reached with this batch; else further pieces follow. */
    public boolean last() {
        return boundary != null;
    }

    /** Returns the boundary that is reached with this batch; empty for a piece. */
    public Optional<Boundary> boundary() {
        return Optional.ofNullable(boundary);
    }

    /** Returns what is to be stored with the effect; empty for a piece. */
    public Optional<BoundaryState> state() {
        return Optional.ofNullable(state);
    }

    /** Tells the boundary and how many records lead to it. */
    @Override
    public String toString() {
        return records.size() + " records " + (boundary == null ? "of a piece" : "up to " + boundary.position());
    }
}
