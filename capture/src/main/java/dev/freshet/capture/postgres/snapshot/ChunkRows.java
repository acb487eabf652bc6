package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.WindowRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a chunk.
 *
 * @param rows the rows
 * @param bytes how many bytes their keys and values have
 * @param cut where the reading was stopped before the chunk's end, or null if the whole chunk was read
 */
record ChunkRows(
        List<WindowRows.Row> rows, long bytes, @Nullable Tid cut) {}
