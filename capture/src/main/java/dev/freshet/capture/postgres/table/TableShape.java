package dev.freshet.capture.postgres.table;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.value.RowEncoder;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ledger.SchemaRecord;
import java.util.List;

/**
 * A captured table as the catalog has it: which columns are sent, in the table's order, and what is its key.
 *
 * @param capture what was asked for
 * @param oid the table's oid (the root's, for a partitioned one)
 * @param schema the schema in which it lives
 * @param table its name, unquoted
 * @param partitioned whether it is a partitioned table, whose rows live in its leaves
 * @param columns the captured columns by their number; among them generated stored ones where the server can publish them
 * @param key the key's columns in the order of the unique index
 * @param keyIndex the unique index's name
 */
public record TableShape(
        TableCapture capture,
        long oid,
        String schema,
        String table,
        boolean partitioned,
        List<ShapeColumn> columns,
        List<ShapeColumn> key,
        String keyIndex) {
    /** Copies the lists. */
    public TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /** Returns the stream's name. */
    public String stream() {
        return capture.stream();
    }

    /** Returns the table's name for SQL, with schema and quotes. */
    public String qualifiedName() {
        return Identifiers.qualified(schema, table);
    }

    /** Returns the shape of the stream's values. */
    public SchemaRecord schemaRecord() {
        return new SchemaRecord(
                stream(),
                columns.stream().map(ShapeColumn::column).toList(),
                key.stream().map(ShapeColumn::name).toList());
    }

    /** Returns an encoder of rows whose fields are {@link #columns()} in their order. */
    public RowEncoder rowEncoder(TypeCatalog types) {
        return RowEncoder.create(
                columns.stream().map(ShapeColumn::name).toList(),
                columns.stream().mapToInt(ShapeColumn::typeOid).toArray(),
                key.stream().mapToInt(columns::indexOf).toArray(),
                types);
    }
}
