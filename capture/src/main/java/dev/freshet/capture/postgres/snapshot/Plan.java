package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.table.TableShape;
import java.util.List;

/**
 * What a window reads. Its transaction is open on the anchor session and holds a lock on each leaf in it.
 *
 * @param shape the table
 * @param snapshot the exported snapshot's name
 * @param chunks what to read, in order
 * @param budget how many pages were asked for
 * @param following where the next window begins if this one is read whole
 * @param last whether this one, read whole, reaches the table's end
 */
record Plan(TableShape shape, String snapshot, List<Chunk> chunks, long budget, String following, boolean last) {
    /** Copies the list. */
    Plan {
        chunks = List.copyOf(chunks);
    }
}
