package dev.freshet.examples.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table and its copy, for comparisons.
 *
 * @param stream the stream's name
 * @param source the table in the shop
 * @param copy the table in the shipping database
 * @param key the key's columns in the source, of a type of whole numbers
 * @param columns the columns of the source and their names in the copy, in order
 */
public record CopiedTable(String stream, String source, String copy, List<String> key, Map<String, String> columns) {
    /** Copies the collections, keeping their order. */
    public CopiedTable {
        key = List.copyOf(key);
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        if (key.isEmpty() || !columns.keySet().containsAll(key)) {
            throw new IllegalArgumentException("The columns of " + source + " must have its key " + key);
        }
    }

    /** Returns a query of the source: key columns, then the row as text, by ascending key. */
    String sourceQuery(String where) {
        return query(source, key, List.copyOf(columns.keySet()), where);
    }

    /** Returns the same query of the copy. */
    String copyQuery(String where) {
        return query(
                copy, key.stream().map(k -> columns.getOrDefault(k, k)).toList(), List.copyOf(columns.values()), where);
    }

    private static String query(String table, List<String> key, List<String> columns, String where) {
        String keys = String.join(", ", key);
        return "SELECT " + keys + ", ROW(" + String.join(", ", columns) + ")::text FROM " + table + where + " ORDER BY "
                + keys;
    }
}
