package dev.freshet.relay.internal;

import dev.freshet.capture.WindowRows;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the windows of one stream read, one after the other. Belongs to the relay's thread; no method waits. */
interface Chunks extends AutoCloseable {
    /** Gathers what the next window needs, piece by piece; returns whether it can be read now. */
    boolean prepare();

    /**
     * Begins to read the next window, under a snapshot taken now.
     *
     * @param mostRows about how many rows at most, above zero
     */
    void start(long mostRows);

    /** Returns what was read, once it is. */
    Optional<Read> poll();

    /** Takes note of what of the last window is going to be written, and returns the progress then. */
    SnapshotProgress written(Read read);

    @Override
    void close();

    /**
     * What a window gave.
     *
     * @param schema the shape of the values; null for vanished keys
     * @param rows the rows, or the keys that the table does not have; the list is the caller's
     * @param looked how many rows or keys were looked at
     * @param progress the progress once they are written
     * @param done whether nothing is left of the snapshot
     */
    record Read(
            @Nullable SchemaRecord schema,
            List<WindowRows.Row> rows,
            long looked,
            SnapshotProgress progress,
            boolean done) {}
}
