package dev.freshet.replica.postgres.fill;

import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the indexes and keys of one table on another. */
final class IndexCopies {
    private static final String INDEXES = """
            SELECT ic.relname, pg_catalog.pg_get_indexdef(i.indexrelid),
                   'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX '
                     || pg_catalog.quote_ident(ic.relname) || ' ON ',
                   i.indisunique, c.contype::text, i.indisreplident
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
            LEFT JOIN pg_catalog.pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
            WHERE i.indrelid = ?::pg_catalog.regclass AND i.indisvalid
            ORDER BY i.indisprimary DESC, 1
            """;

    private final Connection db;
    private final TableName from;
    private final TableName to;

    IndexCopies(Connection db, TableName from, TableName to) {
        this.db = db;
        this.from = from;
        this.to = to;
    }

    private record Index(
            String name,
            String tail,
            boolean unique,
            @Nullable String constraint,
            boolean replicaIdentity) {}

    /** Builds all, and returns the statements that give them their names once the table has taken the other's place. */
    List<String> build() throws SQLException {
        List<String> renames = new ArrayList<>();
        int number = 0;
        for (Index index : indexes()) {
            String temporary = to.name() + '_' + number++;
            Shadow.execute(
                    db,
                    "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + TableName.quote(temporary) + " ON "
                            + to.quoted() + index.tail());
            if (index.constraint() != null) {
                Shadow.execute(
                        db,
                        "ALTER TABLE " + to.quoted() + " ADD CONSTRAINT " + TableName.quote(temporary)
                                + (index.constraint().equals("p") ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX "
                                + TableName.quote(temporary));
            }
            renames.add("ALTER INDEX " + new TableName(to.schema(), temporary).quoted() + " RENAME TO "
                    + TableName.quote(index.name()));
            if (index.replicaIdentity()) {
                renames.add("ALTER TABLE " + from.quoted() + " REPLICA IDENTITY USING INDEX "
                        + TableName.quote(index.name()));
            }
        }
        return renames;
    }

    private List<Index> indexes() throws SQLException {
        List<Index> indexes = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(INDEXES)) {
            s.setString(1, from.quoted());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    // what stands before is known, so that a name with " USING " in it does not matter
                    String definition = r.getString(2);
                    int using = definition.indexOf(" USING ", r.getString(3).length());
                    indexes.add(new Index(
                            r.getString(1),
                            definition.substring(using),
                            r.getBoolean(4),
                            r.getString(5),
                            r.getBoolean(6)));
                }
            }
        }
        return indexes;
    }
}
