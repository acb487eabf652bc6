package dev.freshet.replica.postgres.fill;

import dev.freshet.replica.table.FieldMap;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The table that is filled beside the copy's table and takes its place, within one transaction.
 *
 * <p>It is made like the table, but without indexes (building them at the end is cheaper than keeping them) and without NOT
 * NULL and check constraints (versions of a row that a later one replaces need not satisfy them); all are added before it
 * takes its place. What cannot be carried over from one table to another (a view, a policy, a publication that names the
 * table) makes the rows move instead: they are deleted and inserted, which is slower and needs nothing else.
 */
final class Shadow {
    /** What depends on the table and would be lost or be in the way if another table took its place. */
    private static final String DEPENDENTS = """
            SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_class t ON t.oid = ?::pg_catalog.regclass
            WHERE d.deptype IN ('n', 'a')
              AND (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.oid
                OR d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid = t.reltype)
              AND NOT (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND EXISTS (
                SELECT FROM pg_catalog.pg_class c WHERE c.oid = d.objid AND c.relkind IN ('i', 'S')))
              AND NOT (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND EXISTS (
                SELECT FROM pg_catalog.pg_constraint c WHERE c.oid = d.objid AND c.conrelid = t.oid))
              AND d.classid NOT IN ('pg_catalog.pg_attrdef'::pg_catalog.regclass,
                'pg_catalog.pg_trigger'::pg_catalog.regclass, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass)
            ORDER BY 1
            """;

    private static final String CHECKS = """
            SELECT 'ADD CONSTRAINT ' || pg_catalog.quote_ident(conname) || ' ' || pg_catalog.pg_get_constraintdef(oid)
            FROM pg_catalog.pg_constraint WHERE conrelid = ?::pg_catalog.regclass AND contype = 'c' ORDER BY conname
            """;

    private final Connection db;
    private final TableName table;
    private final TableName shadow;
    private final List<String> dependents;
    private final List<String> notNull;

    private Shadow(Connection db, TableName table, TableName shadow, List<String> dependents, List<String> notNull) {
        this.db = db;
        this.table = table;
        this.shadow = shadow;
        this.dependents = dependents;
        this.notNull = notNull;
    }

    /** Creates the shadow of a table in the transaction that will end with its taking the table's place. */
    static Shadow create(Connection db, FieldMap fields, TableName table) throws SQLException {
        String oid = texts(db, "SELECT ?::pg_catalog.regclass::pg_catalog.oid::text", table.quoted())
                .get(0);
        TableName shadow = new TableName(table.schema(), "freshet_fill_" + oid);
        List<String> properties = texts(
                db,
                "SELECT relpersistence::text || coalesce(pg_catalog.array_to_string(reloptions, ', '), '')"
                        + " FROM pg_catalog.pg_class WHERE oid = ?::pg_catalog.regclass",
                table.quoted());
        String options = properties.get(0).substring(1);
        // NOT NULL that comes with a domain cannot be taken from the column
        Set<String> refusing = Set.copyOf(texts(
                db,
                "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = ?::pg_catalog.regclass AND attnum > 0"
                        + " AND attnotnull",
                table.quoted()));
        List<String> notNull = fields.fields().stream()
                .filter(f -> !f.key() && refusing.contains(f.target().name()))
                .map(f -> f.target().quoted())
                .toList();
        execute(
                db,
                "CREATE " + (properties.get(0).charAt(0) == 'u' ? "UNLOGGED " : "") + "TABLE " + shadow.quoted()
                        + " (LIKE "
                        + table.quoted() + " INCLUDING ALL EXCLUDING INDEXES EXCLUDING CONSTRAINTS)"
                        + (options.isEmpty() ? "" : " WITH (" + options + ")"));
        for (String column : notNull) {
            execute(db, "ALTER TABLE " + shadow.quoted() + " ALTER COLUMN " + column + " DROP NOT NULL");
        }
        return new Shadow(db, table, shadow, texts(db, DEPENDENTS, table.quoted()), notNull);
    }

    /** Returns the shadow's name. */
    TableName name() {
        return shadow;
    }

    /** Returns why the rows must be moved into the table instead of the table being replaced; empty if it is replaced. */
    List<String> dependents() {
        return dependents;
    }

    /**
     * Builds the indexes and keys, without which rows cannot be merged; their names end in numbers until the shadow takes the
     * table's place. Where rows are moved, only the key's index.
     *
     * @param quotedKey the key's columns
     * @return the statements that give them their names, for {@link #replace}
     */
    List<String> index(List<String> quotedKey) throws SQLException {
        if (dependents.isEmpty()) {
            return new IndexCopies(db, table, shadow).build();
        }
        execute(db, "CREATE UNIQUE INDEX ON " + shadow.quoted() + " (" + String.join(", ", quotedKey) + ")");
        return List.of();
    }

    /** Adds the constraints, and gathers statistics so that the first queries are planned well. */
    void complete() throws SQLException {
        for (String column : notNull) {
            execute(db, "ALTER TABLE " + shadow.quoted() + " ALTER COLUMN " + column + " SET NOT NULL");
        }
        for (String check : texts(db, CHECKS, table.quoted())) {
            execute(db, "ALTER TABLE " + shadow.quoted() + " " + check);
        }
        execute(db, "ANALYZE " + shadow.quoted());
    }

    /**
     * Takes the table's place. The caller holds the position rows' locks and has set a savepoint.
     *
     * @param renames the statements that give indexes their names, from {@link #index}
     */
    void replace(List<String> renames) throws SQLException {
        execute(db, "LOCK TABLE " + table.quoted() + " IN ACCESS EXCLUSIVE MODE");
        List<String> after = TableExtras.statements(db, table);
        TableExtras.freeSequences(db, table);
        execute(db, "DROP TABLE " + table.quoted());
        execute(db, "ALTER TABLE " + shadow.quoted() + " RENAME TO " + TableName.quote(table.name()));
        for (String sql : renames) {
            execute(db, sql);
        }
        for (String sql : after) {
            execute(db, sql);
        }
    }

    /** Moves the rows into the table and drops the shadow. */
    void move(List<String> quotedColumns) throws SQLException {
        String columns = String.join(", ", quotedColumns);
        execute(db, "DELETE FROM " + table.quoted());
        execute(
                db,
                "INSERT INTO " + table.quoted() + " (" + columns + ") SELECT " + columns + " FROM " + shadow.quoted());
        execute(db, "DROP TABLE " + shadow.quoted());
    }

    static void execute(Connection db, String sql) throws SQLException {
        try (Statement s = db.createStatement()) {
            s.execute(sql);
        }
    }

    static List<String> texts(Connection db, String sql, String... parameters) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                s.setString(i + 1, parameters[i]);
            }
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    texts.add(r.getString(1));
                }
            }
        }
        return texts;
    }
}
