package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.table.Identifiers;
import dev.freshet.capture.postgres.table.ShapeColumn;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.value.RowEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads chunks by COPY on one connection, inside the transaction that is open there. Belongs to one thread. */
final class ChunkReader {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkReader.class);

    private final TableShape shape;
    private final RowEncoder encoder;
    private final CopyLine line;

    /** Creates a reader of the table's chunks. */
    ChunkReader(TableShape shape, RowEncoder encoder) {
        this.shape = shape;
        this.encoder = encoder;
        this.line = new CopyLine(shape.columns().size());
    }

    /**
     * Reads a chunk. After a cut or stop the transaction is spoilt, and a late cancel may still be on its way to the
     * connection: close it.
     *
     * @param mostRows after how many rows the chunk is cut
     * @param mostBytes after how many bytes of keys and values it is cut
     * @param stopped whether nobody wants the rows any more
     */
    ChunkRows read(Connection connection, Chunk chunk, long mostRows, long mostBytes, BooleanSupplier stopped)
            throws SQLException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql(chunk));
        List<WindowRows.Row> rows = new ArrayList<>();
        long bytes = 0;
        Tid cut = null;
        long page = chunk.from().page();
        int offset = chunk.from().offset() - 1;
        for (byte @Nullable [] text = copy.readFromCopy(); text != null; text = copy.readFromCopy()) {
            line.split(text);
            if (line.page() < page || (line.page() == page && line.offset() <= offset)) {
                // the cut relies on it
                throw new IllegalStateException(
                        "The rows of " + chunk.leaf().qualifiedName() + " did not come in the order of their places");
            }
            page = line.page();
            offset = line.offset();
            byte[] key = encoder.key(text, line.from(), line.count());
            byte[] value = encoder.value(text, line.from(), line.count());
            rows.add(new WindowRows.Row(key, value));
            bytes += key.length + value.length;
            boolean full = rows.size() >= mostRows || bytes >= mostBytes;
            if (full || stopped.getAsBoolean()) {
                cut = line.tid().next();
                cancel(copy);
                break;
            }
        }
        return new ChunkRows(rows, bytes, cut);
    }

    private static void cancel(CopyOut copy) {
        try {
            copy.cancelCopy();
        } catch (SQLException e) {
            // the rows read so far stand; the connection is closed either way
            LOG.debug("A chunk's COPY could not be cancelled in order: {}", SqlErrors.text(e));
        }
    }

    private String sql(Chunk chunk) {
        String columns = shape.columns().stream()
                .map(ShapeColumn::name)
                .map(Identifiers::quoted)
                .collect(Collectors.joining(", "));
        return "COPY (SELECT ctid, " + columns + " FROM ONLY " + chunk.leaf().qualifiedName() + " WHERE ctid >= "
                + chunk.from().sql() + " AND ctid < " + Tid.beginOf(chunk.to()).sql() + ") TO STDOUT";
    }
}
