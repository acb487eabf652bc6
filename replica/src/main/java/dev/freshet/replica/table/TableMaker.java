package dev.freshet.replica.table;

import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.StreamTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the statement that creates a copy's table from the stream's schema. */
public final class TableMaker {
    private TableMaker() {}

    /**
     * Returns {@code CREATE TABLE IF NOT EXISTS}: portable types as they are, the others as {@code text} or {@code
     * text[]}, not null as in the source, the stream's key as primary key.
     *
     * @param target which columns go where
     * @param schema the stream's schema
     */
    public static String create(StreamTarget target, SchemaRecord schema) {
        Map<String, String> names = target.columns();
        List<String> lines = new ArrayList<>();
        for (Column c : schema.columns()) {
            String name = names.isEmpty() ? c.name() : names.get(c.name());
            if (name != null) {
                lines.add(TableName.quote(name) + ' ' + TypeFit.typeFor(c) + (c.nullable() ? "" : " NOT NULL"));
            }
        }
        List<String> key = new ArrayList<>();
        for (String k : schema.key()) {
            key.add(TableName.quote(names.isEmpty() ? k : names.getOrDefault(k, k)));
        }
        lines.add("PRIMARY KEY (" + String.join(", ", key) + ")");
        return "CREATE TABLE IF NOT EXISTS " + target.table().quoted() + " (" + String.join(", ", lines) + ")";
    }
}
