package dev.freshet.capture.postgres.table;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.value.TypeCatalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@link TableShape}s and leaves from the catalog.
 *
 * <p>The connection given to each method must have {@link dev.freshet.capture.postgres.value.SessionSettings} pinned.
 */
public final class TableShapes {
    private static final String SELECT_TABLE = "SELECT c.oid, n.nspname, c.relname, c.relkind"
            + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.oid = pg_catalog.to_regclass(?)";
    private static final String SELECT_LEAVES = "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence,"
            + " coalesce(am.amname, ''), coalesce(pg_catalog.pg_relation_filenode(c.oid), 0), c.relreplident,"
            + " ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a"
            + " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (c.relreplident = 'f' OR EXISTS ("
            + " SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate"
            + " AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident)"
            + " AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]::int2[])))"
            + " ORDER BY a.attnum)"
            + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam"
            + " WHERE c.oid = ? AND c.relkind <> 'p'"
            + " OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(?::bigint::oid::regclass) WHERE isleaf)"
            + " AND c.relkind <> 'p'"
            + " ORDER BY c.oid";

    private TableShapes() {}

    /**
     * Finds out how a table is captured.
     *
     * @param connection a session of the source
     * @param types the source's types
     * @param capture the table
     * @param problems where every reason is added why it cannot be captured, a sentence each that names the stream, the
     *     table and the way out
     * @return the shape, or empty if problems were added
     * @throws SQLException if the server cannot be asked
     */
    public static Optional<TableShape> find(
            Connection connection, TypeCatalog types, TableCapture capture, List<String> problems) throws SQLException {
        List<String> found = new ArrayList<>();
        TableShape shape = new ShapeFinder(connection, types, capture, found).find();
        problems.addAll(found);
        return found.isEmpty() ? Optional.ofNullable(shape) : Optional.empty();
    }

    /**
     * Returns the tables that hold the rows: the table itself, or for a partitioned one the ends of its tree, by oid.
     *
     * @param connection a session of the source
     * @param oid the table's oid
     * @throws SQLException if the server cannot be asked
     */
    public static List<Leaf> leaves(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT_LEAVES)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            List<Leaf> leaves = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    leaves.add(new Leaf(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4).charAt(0),
                            row.getString(5).charAt(0),
                            row.getString(6),
                            row.getLong(7),
                            row.getString(8).charAt(0),
                            List.of((String[]) row.getArray(9).getArray())));
                }
            }
            return leaves;
        }
    }

    /** A table's row in the catalog. */
    record Relation(long oid, String schema, String table, char kind) {}

    /** Finds the table by the name that the user wrote, by the rules of SQL; empty if there is none. */
    static Optional<Relation> relation(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT_TABLE)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Relation(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4).charAt(0)))
                        : Optional.empty();
            }
        }
    }
}
