package dev.freshet.capture.postgres.table;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.table.TableShapes.Relation;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ledger.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Works out one table's shape and collects what stands against it. */
final class ShapeFinder {
    private static final int GENERATED_ARE_PUBLISHED = 18;
    private static final String SELECT_COLUMNS = "SELECT attnum, attname, atttypid, atttypmod, attnotnull, attgenerated"
            + " FROM pg_catalog.pg_attribute WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    private static final String SELECT_INDEXES = "SELECT c.relname, i.indisprimary,"
            + " ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, ord)"
            + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num"
            + " WHERE k.ord <= i.indnkeyatts ORDER BY k.ord),"
            + " ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, ord)"
            + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num"
            + " JOIN unnest(i.indcollation::oid[]) WITH ORDINALITY o(coll, ord) ON o.ord = k.ord"
            + " JOIN pg_catalog.pg_collation l ON l.oid = o.coll"
            + " WHERE k.ord <= i.indnkeyatts AND NOT l.collisdeterministic)"
            + " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
            + " WHERE i.indrelid = ? AND i.indisunique AND i.indimmediate AND i.indisvalid"
            + " AND i.indpred IS NULL AND i.indexprs IS NULL ORDER BY i.indisprimary DESC, c.relname";

    private final Connection connection;
    private final TypeCatalog types;
    private final TableCapture capture;
    private final List<String> problems;

    ShapeFinder(Connection connection, TypeCatalog types, TableCapture capture, List<String> problems) {
        this.connection = connection;
        this.types = types;
        this.capture = capture;
        this.problems = problems;
    }

    @Nullable
    TableShape find() throws SQLException {
        Optional<Relation> found = relation();
        if (found.isEmpty()) {
            return null;
        }
        Relation table = found.get();
        List<ShapeColumn> all = columns(table.oid());
        List<ShapeColumn> chosen = chosen(all);
        Optional<Index> index = keyIndex(table.oid(), all);
        if (index.isEmpty() || !keyFits(index.get(), chosen)) {
            return null;
        }
        List<ShapeColumn> key = index.get().columns().stream()
                .map(n -> Objects.requireNonNull(named(chosen, n)))
                .toList();
        checkLeaves(TableShapes.leaves(connection, table.oid()), index.get());
        return new TableShape(
                capture,
                table.oid(),
                table.schema(),
                table.table(),
                table.kind() == 'p',
                chosen,
                key,
                index.get().name());
    }

    private Optional<Relation> relation() throws SQLException {
        Optional<Relation> table;
        try {
            table = TableShapes.relation(connection, capture.table());
        } catch (SQLException e) {
            if (!"42602".equals(e.getSQLState())) {
                throw e;
            }
            table = Optional.empty();
        }
        if (table.isEmpty()) {
            problem(
                    "there is no such table; write 'table' as schema.table, with double quotes around names that are not"
                            + " all lower case, and give the role USAGE on the schema");
        } else if (table.get().kind() != 'r' && table.get().kind() != 'p') {
            problem("it is no table (relkind '" + table.get().kind() + "'); only tables and partitioned tables can be"
                    + " captured");
            return Optional.empty();
        }
        return table;
    }

    private List<ShapeColumn> columns(long oid) throws SQLException {
        boolean publishesGenerated = connection.getMetaData().getDatabaseMajorVersion() >= GENERATED_ARE_PUBLISHED;
        List<RawColumn> raw = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_COLUMNS)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    raw.add(new RawColumn(
                            row.getInt(1),
                            row.getString(2),
                            (int) row.getLong(3),
                            row.getInt(4),
                            row.getBoolean(5),
                            row.getString(6)));
                }
            }
        }
        types.learn(
                connection,
                raw.stream().mapToInt(RawColumn::typeOid).toArray(),
                raw.stream().mapToInt(RawColumn::typmod).toArray());
        List<ShapeColumn> columns = new ArrayList<>();
        for (RawColumn c : raw) {
            boolean stored = c.generated.equals("s");
            if (c.generated.isEmpty() || (stored && publishesGenerated)) {
                columns.add(new ShapeColumn(
                        c.number,
                        c.typeOid,
                        c.typmod,
                        stored,
                        new Column(
                                c.name, types.typeName(c.typeOid, c.typmod), !c.notNull, types.portable(c.typeOid))));
            } else if (capture.columns().contains(c.name)) {
                problem("column '" + c.name + "' is generated and this server does not publish its values (it publishes"
                        + " stored ones from PostgreSQL 18 on); leave it out of 'columns'");
            }
        }
        return columns;
    }

    private List<ShapeColumn> chosen(List<ShapeColumn> all) {
        if (capture.columns().isEmpty()) {
            if (all.isEmpty()) {
                problem("it has no columns; nothing could be sent");
            }
            return all;
        }
        Set<String> wanted = new HashSet<>(capture.columns());
        List<ShapeColumn> chosen =
                all.stream().filter(c -> wanted.remove(c.name())).toList();
        for (String missing : wanted) {
            if (problems.stream().noneMatch(p -> p.contains("column '" + missing + "'"))) {
                problem("it has no column '" + missing + "'; mend 'columns'");
            }
        }
        return chosen;
    }

    private Optional<Index> keyIndex(long oid, List<ShapeColumn> all) throws SQLException {
        Set<String> key = new HashSet<>(capture.key());
        for (Index index : indexes(oid)) {
            boolean fits = key.isEmpty()
                    ? index.primary
                    : key.equals(new HashSet<>(index.columns)) && allNotNull(index.columns, all);
            if (fits) {
                return Optional.of(index);
            }
        }
        if (key.isEmpty()) {
            problem("it has no primary key that is checked at once (not deferrable), so that its rows could not be told"
                    + " apart; add one, or set 'key' to the columns of a unique index on NOT NULL columns and make that"
                    + " index its REPLICA IDENTITY");
        } else {
            problem("it has no valid unique index (not partial, not deferrable, without expressions) on exactly the"
                    + " columns of 'key' " + capture.key() + ", all of them NOT NULL; create one, or mend 'key'");
        }
        return Optional.empty();
    }

    private static boolean allNotNull(List<String> names, List<ShapeColumn> all) {
        return names.stream().allMatch(n -> all.stream()
                .anyMatch(c -> c.name().equals(n) && !c.column().nullable()));
    }

    private List<Index> indexes(long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT_INDEXES)) {
            statement.setLong(1, oid);
            List<Index> indexes = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    indexes.add(new Index(
                            row.getString(1),
                            row.getBoolean(2),
                            List.of((String[]) row.getArray(3).getArray()),
                            List.of((String[]) row.getArray(4).getArray())));
                }
            }
            return indexes;
        }
    }

    private boolean keyFits(Index index, List<ShapeColumn> chosen) {
        int before = problems.size();
        for (String name : index.columns) {
            ShapeColumn column = named(chosen, name);
            if (column == null) {
                problem("column '" + name + "' belongs to the key (index '" + index.name
                        + "') but is not captured; add it" + " to 'columns'");
                continue;
            }
            String reason = index.nondeterministic.contains(name)
                    ? "its collation is not deterministic, so that texts which differ are equal"
                    : types.keyProblem(column.typeOid(), column.typmod());
            if (reason != null) {
                problem("column '" + name + "' cannot be part of the key: " + reason + "; set 'key' to the columns of"
                        + " another unique index on NOT NULL columns and make that index its REPLICA IDENTITY");
            }
        }
        return problems.size() == before;
    }

    private void checkLeaves(List<Leaf> leaves, Index index) {
        for (Leaf leaf : leaves) {
            String name = leaf.schema() + '.' + leaf.table();
            if (leaf.kind() != 'r') {
                problem("its partition " + name + " is a foreign table, which has no log here; detach it");
            } else if (leaf.persistence() != 'p') {
                problem(name + " is " + (leaf.persistence() == 'u' ? "unlogged" : "temporary")
                        + ", so that nothing of it stands in the log; ALTER TABLE " + leaf.qualifiedName()
                        + " SET LOGGED");
            } else if (!leaf.accessMethod().equals("heap")) {
                problem(name + " has the access method '" + leaf.accessMethod()
                        + "'; only 'heap' can be read beside the log");
            } else if (!new HashSet<>(leaf.identity()).containsAll(index.columns)) {
                problem("the replica identity of " + name + " does not hold the key's columns " + index.columns
                        + ", so that the log would not say which row was changed or deleted; ALTER TABLE "
                        + leaf.qualifiedName()
                        + (index.primary
                                ? " REPLICA IDENTITY DEFAULT"
                                : " REPLICA IDENTITY USING INDEX (the index of '" + index.name + "')"));
            }
        }
    }

    private static @Nullable ShapeColumn named(List<ShapeColumn> columns, String name) {
        return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
    }

    private void problem(String text) {
        problems.add("Stream '" + capture.stream() + "', table '" + capture.table() + "': " + text);
    }

    private record RawColumn(int number, String name, int typeOid, int typmod, boolean notNull, String generated) {}

    private record Index(String name, boolean primary, List<String> columns, List<String> nondeterministic) {}
}
