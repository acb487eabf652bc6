package dev.freshet.relay.internal;

import dev.freshet.capture.WindowRows;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written.
 *
 * @param stream the stream
 * @param schema the shape of the values; null for keys that have vanished, which get tombstones
 * @param rows the rows, without those that the log has changed meanwhile; the list is the caller's
 * @param position the high watermark's position; the rows get sub-ordinals from 1
 * @param progress the progress once they are written
 * @param done whether the snapshot is done then
 */
record SnapshotWindow(
        String stream,
        @Nullable SchemaRecord schema,
        List<WindowRows.Row> rows,
        Position position,
        SnapshotProgress progress,
        boolean done) {}
