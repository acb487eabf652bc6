package dev.freshet.capture.postgres.table;

import java.util.List;

/**
 * A table that holds rows itself: a captured table, or a partition at the end of a captured table's tree.
 *
 * @param oid its oid
 * @param schema the schema in which it lives
 * @param table its name, unquoted
 * @param kind {@code relkind}: {@code r} for a table, {@code f} for a foreign table
 * @param persistence how durable, as in the catalog: {@code p}ermanent, {@code u}nlogged, {@code t}emporary
 * @param accessMethod the table access method's name, empty for a foreign table
 * @param fileNode the file that holds its rows now; a rewrite gives it another; 0 if it has none
 * @param identityKind {@code relreplident}
 * @param identity the columns that the log has of a row's former version; all of them for {@code FULL}
 */
public record Leaf(
        long oid,
        String schema,
        String table,
        char kind,
        char persistence,
        String accessMethod,
        long fileNode,
        char identityKind,
        List<String> identity) {
    /** Copies the list. */
    public Leaf {
        identity = List.copyOf(identity);
    }

    /** Returns the table's name for SQL, with schema and quotes. */
    public String qualifiedName() {
        return Identifiers.qualified(schema, table);
    }
}
