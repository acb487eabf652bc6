package dev.freshet.capture;

import dev.freshet.model.ledger.SchemaRecord;
import java.util.List;

/**
 * The rows of a chunk window.
 *
 * @param stream the stream
 * @param schema the shape of the values
 * @param rows the rows; the list is the caller's
 * @param resume where the next window begins
 * @param last whether the table's end was reached
 */
public record WindowRows(String stream, SchemaRecord schema, List<Row> rows, String resume, boolean last) {
    /**
     * A row, with the same bytes as {@link dev.freshet.model.Change} has.
     *
     * @param key the key as a JSON object, not to be written to
     * @param value the row as a JSON object, not to be written to
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Row(byte[] key, byte[] value) {}
}
