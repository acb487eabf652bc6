package dev.freshet.capture;

import dev.freshet.model.Names;
import dev.freshet.model.event.OutboxColumn;
import java.util.List;

/**
 * A table that is to be captured as a stream.
 *
 * @param stream the stream's name
 * @param table the table as the user wrote it, {@code schema.table}
 * @param columns the columns to publish, in any order; empty for all, also those added later
 * @param key the columns of a unique index on not-null columns that is the table's replica identity; empty for the
 *     primary key
 */
public record TableCapture(String stream, String table, List<String> columns, List<String> key) {
    /** Copies the lists. */
    public TableCapture {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /**
     * Returns the capture of an outbox table, whose new rows are events of other streams: the log gives {@link
     * LogEvent.Published} of them, and nothing of what becomes of them later.
     *
     * @param table {@code schema.table}
     */
    public static TableCapture ofOutbox(String table) {
        return new TableCapture(Names.OUTBOX, table, OutboxColumn.names(), List.of());
    }

    /** Returns whether it is an outbox table's. */
    public boolean isOutbox() {
        return stream.equals(Names.OUTBOX);
    }
}
