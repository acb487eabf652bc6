package dev.freshet.replica.table;

import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import java.util.List;

/**
 * Which member of a stream's values goes into which column of the copy, for one version of the schema.
 *
 * @param schema the schema
 * @param version its version
 * @param fields the columns that are copied, in the schema's order
 */
public record FieldMap(SchemaRecord schema, String version, List<Field> fields) {
    /**
     * A column that is copied.
     *
     * @param source the stream's column
     * @param target the copy's column
     * @param key whether it belongs to the key
     */
    public record Field(Column source, TargetColumn target, boolean key) {}

    /** Copies the list. */
    public FieldMap {
        fields = List.copyOf(fields);
    }
}
