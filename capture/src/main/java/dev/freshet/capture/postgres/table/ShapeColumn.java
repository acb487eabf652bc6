package dev.freshet.capture.postgres.table;

import dev.freshet.model.ledger.Column;

/**
 * A captured column.
 *
 * @param number {@code attnum} in the table (in the root, for a partitioned one)
 * @param typeOid {@code atttypid}: for a domain the domain's
 * @param typmod {@code atttypmod}
 * @param generated whether it is a stored generated column
 * @param column as the schema record has it
 */
public record ShapeColumn(int number, int typeOid, int typmod, boolean generated, Column column) {
    /** Returns the column's name. */
    public String name() {
        return column.name();
    }
}
