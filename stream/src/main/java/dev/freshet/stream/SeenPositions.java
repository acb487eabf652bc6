package dev.freshet.stream;

import dev.freshet.model.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The last position applied from each partition: a record that is not above it was applied before and is dropped (the
 * protocol's I1).
 *
 * <p>The count belongs to one copy and one fill: a new fill, into a new and empty table, begins with a new object. A topic
 * belongs to one source, so the partition stands for the source too. Belongs to one thread.
 */
public final class SeenPositions {
    private final Map<Partition, Position> last = new HashMap<>();

    /** Creates a count that knows no partition. */
    public SeenPositions() {}

    /**
     * Takes up a partition.
     *
     * @param position the last position applied from it, as the copy stores it; {@link Position#ZERO} before the first
     */
    public void start(Partition partition, Position position) {
        last.put(partition, Objects.requireNonNull(position, "position"));
    }

    /**
     * Returns whether the record is to be applied, and counts it if so.
     *
     * @throws IllegalStateException if the partition was not taken up
     */
    public boolean advance(StreamRecord record) {
        Position before = last(record.partition());
        if (record.position().compareTo(before) <= 0) {
            return false;
        }
        last.put(record.partition(), record.position());
        return true;
    }

    /**
     * Returns the last position applied from the partition.
     *
     * @throws IllegalStateException if the partition was not taken up
     */
    public Position last(Partition partition) {
        Position position = last.get(partition);
        if (position == null) {
            throw new IllegalStateException("Partition " + partition + " was not taken up before its records came");
        }
        return position;
    }

    /** Gives up a partition; one that was not taken up is ignored. */
    public void forget(Partition partition) {
        last.remove(partition);
    }
}
