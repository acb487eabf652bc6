package dev.freshet.replica.postgres;

import dev.freshet.replica.table.TableName;
import dev.freshet.replica.table.TargetColumn;
import dev.freshet.replica.table.TargetTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads tables from PostgreSQL's catalog. */
public final class TableCatalog {
    private static final String COLUMNS = """
            WITH RECURSIVE col AS (
              SELECT a.attnum, a.attname, a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated,
                     a.atttypid AS typ, a.atttypmod AS typmod
              FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
              UNION ALL
              SELECT c.attnum, c.attname, c.attnotnull OR t.typnotnull, c.atthasdef OR t.typdefault IS NOT NULL,
                     c.attidentity, c.attgenerated,
                     t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE c.typmod END
              FROM col c JOIN pg_catalog.pg_type t ON t.oid = c.typ
              WHERE t.typtype = 'd')
            SELECT c.attname, pg_catalog.format_type(c.typ, c.typmod),
                   pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname),
                   coalesce(en.nspname, n.nspname) = 'pg_catalog', e.oid IS NOT NULL,
                   c.attnotnull, c.atthasdef OR c.attidentity <> '', c.attgenerated <> '', c.attidentity = 'a'
            FROM col c
            JOIN pg_catalog.pg_type t ON t.oid = c.typ AND t.typtype <> 'd'
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
            LEFT JOIN pg_catalog.pg_namespace en ON en.oid = e.typnamespace
            ORDER BY c.attnum
            """;

    /**
     * Whether a column's type, behind domains and arrays, takes no two different texts for equal, as far as the column is a
     * copy of a key. The extensions' types are those that a source accepts in a key: {@code SAFE_EXTENSIONS} of capture's
     * {@code KeyTypes}, of which this module may not know.
     */
    private static final String EXACT_TYPE = """
            EXISTS (WITH RECURSIVE core AS (
                      SELECT t.typtype, t.typcategory, t.typnamespace, t.typname, t.typbasetype, t.typelem
                      FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                      UNION ALL
                      SELECT t.typtype, t.typcategory, t.typnamespace, t.typname, t.typbasetype, t.typelem
                      FROM core c JOIN pg_catalog.pg_type t
                      ON t.oid = CASE c.typtype WHEN 'd' THEN c.typbasetype ELSE c.typelem END
                      WHERE c.typtype = 'd' OR c.typcategory = 'A')
                    SELECT FROM core WHERE typtype = 'e' OR (typtype = 'b' AND typcategory <> 'A'
                      AND (typnamespace = 'pg_catalog'::pg_catalog.regnamespace OR typname IN ('ltree'))))""";

    private static final String UNIQUES = """
            SELECT coalesce(con.conname, ic.relname),
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                           AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])),
                   i.indexprs IS NULL AND i.indpred IS NULL AND i.indimmediate AND i.indisvalid,
                   i.indisprimary,
                   ARRAY(SELECT a.attname::text
                         FROM unnest(i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[]) k (num, coll, class)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
                         JOIN pg_catalog.pg_opclass o ON o.oid = k.class
                         WHERE EXISTS (SELECT FROM pg_catalog.pg_collation l
                                       WHERE l.oid IN (k.coll, a.attcollation) AND NOT l.collisdeterministic)
                         OR NOT (o.opcdefault OR o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace)
                         OR NOT %s)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
            LEFT JOIN pg_catalog.pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u')
            WHERE i.indrelid = ? AND i.indisunique
            ORDER BY i.indisprimary DESC, 1
            """.formatted(EXACT_TYPE);

    private static final String FOREIGN_KEYS = """
            SELECT c.conname || ' (' || c.conrelid::pg_catalog.regclass || ' references '
                   || c.confrelid::pg_catalog.regclass || ')'
            FROM pg_catalog.pg_constraint c
            WHERE c.contype = 'f' AND (c.conrelid = ? OR c.confrelid = ?)
            ORDER BY 1
            """;

    private static final String EXCLUSIONS =
            "SELECT conname FROM pg_catalog.pg_constraint WHERE contype = 'x' AND conrelid = ? ORDER BY 1";

    private TableCatalog() {}

    /**
     * Reads a table.
     *
     * @return the table, or null if there is none of the name
     */
    public static @Nullable TargetTable read(Connection db, TableName name) throws SQLException {
        String kind;
        long oid;
        try (PreparedStatement s =
                db.prepareStatement("SELECT c.oid, c.relkind::text || CASE WHEN c.relispartition OR EXISTS"
                        + " (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid OR h.inhparent = c.oid)"
                        + " THEN 'i' ELSE '' END"
                        + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ?")) {
            s.setString(1, name.schema());
            s.setString(2, name.name());
            try (ResultSet r = s.executeQuery()) {
                if (!r.next()) {
                    return null;
                }
                oid = r.getLong(1);
                kind = r.getString(2);
            }
        }
        boolean ordinary = kind.equals("r");
        return new TargetTable(
                name,
                ordinary,
                columns(db, oid),
                uniques(db, oid),
                texts(db, FOREIGN_KEYS, oid, oid),
                texts(db, EXCLUSIONS, oid),
                ordinary && isEmpty(db, name));
    }

    private static List<TargetColumn> columns(Connection db, long oid) throws SQLException {
        List<TargetColumn> columns = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(COLUMNS)) {
            s.setLong(1, oid);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    columns.add(new TargetColumn(
                            r.getString(1),
                            r.getString(2),
                            r.getString(3),
                            r.getBoolean(4),
                            r.getBoolean(5),
                            r.getBoolean(6),
                            r.getBoolean(7),
                            r.getBoolean(8),
                            r.getBoolean(9)));
                }
            }
        }
        return columns;
    }

    private static List<TargetTable.Unique> uniques(Connection db, long oid) throws SQLException {
        List<TargetTable.Unique> uniques = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(UNIQUES)) {
            s.setLong(1, oid);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    uniques.add(new TargetTable.Unique(
                            r.getString(1),
                            names(r.getArray(2)),
                            r.getBoolean(3),
                            r.getBoolean(4),
                            names(r.getArray(5))));
                }
            }
        }
        return uniques;
    }

    private static Set<String> names(Array array) throws SQLException {
        return Set.copyOf(Arrays.asList((String[]) array.getArray()));
    }

    private static List<String> texts(Connection db, String sql, long... oids) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(sql)) {
            for (int i = 0; i < oids.length; i++) {
                s.setLong(i + 1, oids[i]);
            }
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    texts.add(r.getString(1));
                }
            }
        }
        return texts;
    }

    private static boolean isEmpty(Connection db, TableName name) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery("SELECT NOT EXISTS (SELECT FROM " + name.quoted() + ")")) {
            r.next();
            return r.getBoolean(1);
        }
    }
}
