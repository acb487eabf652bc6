package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.CatalogEntry.Publishing;
import dev.freshet.capture.postgres.Publications.Found;
import dev.freshet.capture.postgres.table.ShapeColumn;
import dev.freshet.capture.postgres.table.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks what stands between a table whose shape is sound and its capture: rights, hidden rows, and the publication.
 * Nothing is changed here, so that a table is refused before it enters the publication, where it would make the
 * application's own updates fail.
 */
final class CaptureChecks {
    private static final String SELECT = "SELECT pg_catalog.has_table_privilege(c.oid, 'SELECT'),"
            + " ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
            + " AND NOT a.attisdropped AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')),"
            + " pg_catalog.row_security_active(c.oid), pg_catalog.pg_has_role(c.relowner, 'USAGE'),"
            + " pg_catalog.pg_get_userbyid(c.relowner), c.relispartition,"
            + " c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),"
            + " current_user, pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"
            + " FROM pg_catalog.pg_class c WHERE c.oid = ?";

    private static final String SELECT_HIDDEN_LEAVES = "SELECT relid::text, current_user"
            + " FROM pg_catalog.pg_partition_tree(?::bigint::oid::regclass)"
            + " WHERE isleaf AND NOT pg_catalog.has_table_privilege(relid, 'SELECT')";

    private final PostgresSettings settings;
    private final Publications publications;

    CaptureChecks(PostgresSettings settings, Publications publications) {
        this.settings = settings;
        this.publications = publications;
    }

    /** Adds what stands against capturing the tables, a sentence each that names the way out. */
    void check(Connection connection, Collection<TableShape> shapes, Problems problems) throws SQLException {
        Optional<Found> found = publications.find(connection);
        List<String> names = shapes.stream().map(TableShape::qualifiedName).toList();
        if (found.isEmpty() && !settings.makePublication()) {
            problems.add("Source '" + settings.source() + "': there is no publication '" + settings.publication()
                    + "', and Freshet is not to make one; let the tables' owner run: "
                    + publications.howToMake(connection, names));
        }
        Map<Long, Publishing> published = publications.publishing(
                connection, shapes.stream().map(TableShape::oid).toList());
        found.ifPresent(f -> operations(f, problems));
        boolean incomplete = shapes.stream().anyMatch(s -> !published.containsKey(s.oid()));
        if (found.isPresent() && found.get().ours() && !found.get().owned() && incomplete) {
            problems.add("Source '" + settings.source() + "': Freshet made the publication '" + settings.publication()
                    + "' as another role, so that this one cannot add tables to it; ALTER PUBLICATION \""
                    + settings.publication() + "\" OWNER TO this role");
        }
        String others = null;
        for (TableShape shape : shapes) {
            if (table(connection, shape, found.orElse(null), published.get(shape.oid()), problems)) {
                others = shape.stream();
            }
        }
        if (others != null) {
            problems.add(
                    others,
                    "Source '" + settings.source() + "': let the tables' owner run: "
                            + publications.howToMake(connection, names)
                            + (found.isEmpty() ? "" : ", under another name that is set as 'publication'"));
        }
    }

    private void operations(Found found, Problems problems) {
        String which = "Source '" + settings.source() + "': the publication '" + settings.publication() + "' ";
        if (!found.operations().equals(Publications.ALL_OPERATIONS)) {
            problems.add(which + "does not publish all operations; ALTER PUBLICATION \"" + settings.publication()
                    + "\" SET (publish = 'insert, update, delete, truncate')");
        }
        if (!found.viaRoot()) {
            problems.add(which + "publishes partitions under their own names; ALTER PUBLICATION \""
                    + settings.publication() + "\" SET (publish_via_partition_root = true)");
        }
    }

    /** Returns whether only others can publish it. */
    private boolean table(
            Connection connection,
            TableShape shape,
            @Nullable Found found,
            @Nullable Publishing published,
            Problems problems)
            throws SQLException {
        boolean others = false;
        String which =
                "Stream '" + shape.stream() + "', table '" + shape.capture().table() + "': ";
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setLong(1, shape.oid());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    problems.add(shape.stream(), which + "it was dropped while it was looked at; try again");
                    return false;
                }
                String role = row.getString(8);
                List<String> hidden = List.of((String[]) row.getArray(2).getArray());
                if (!row.getBoolean(1) && shape.columns().stream().anyMatch(c -> hidden.contains(c.name()))) {
                    problems.add(
                            shape.stream(),
                            which + "the role '" + role + "' may not read it, as snapshots must; GRANT SELECT ON "
                                    + shape.qualifiedName() + " TO \"" + role + '"');
                }
                if (row.getBoolean(3)) {
                    problems.add(
                            shape.stream(),
                            which + "row level security hides rows of it from the role '" + role
                                    + "', so that a snapshot would lack them; ALTER ROLE \"" + role + "\" BYPASSRLS");
                }
                if (row.getBoolean(6)) {
                    problems.add(
                            shape.stream(),
                            which + "it is a partition; capture the partitioned table to which it belongs");
                }
                if (row.getBoolean(7)) {
                    problems.add(
                            shape.stream(),
                            which + "other tables inherit from it, whose rows it shows but the log names as theirs;"
                                    + " capture a table without heirs");
                }
                boolean add = found == null ? settings.makePublication() : found.ours() && published == null;
                if (add && !row.getBoolean(4)) {
                    problems.add(
                            shape.stream(),
                            which + "it belongs to '" + row.getString(5) + "', so that the role '" + role
                                    + "' cannot publish it");
                    others = true;
                } else if (add && found == null && !row.getBoolean(9)) {
                    problems.add(
                            shape.stream(),
                            which + "the role '" + role + "' may not make a publication in this database; GRANT"
                                    + " CREATE ON DATABASE \"" + connection.getCatalog() + "\" TO \"" + role + '"');
                    others = true;
                }
            }
        }
        leaves(connection, shape, which, problems);
        if (found != null) {
            membership(which, shape, found, published, problems);
        }
        return others;
    }

    /** Snapshots read the partitions by themselves; an outbox table is read as a whole, which asks for no right on them. */
    private static void leaves(Connection connection, TableShape shape, String which, Problems problems)
            throws SQLException {
        if (!shape.partitioned() || shape.capture().isOutbox()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(SELECT_HIDDEN_LEAVES)) {
            statement.setLong(1, shape.oid());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    problems.add(
                            shape.stream(),
                            which + "the role '" + row.getString(2) + "' may not read its partition "
                                    + row.getString(1)
                                    + ", as snapshots must; GRANT SELECT ON " + row.getString(1) + " TO \""
                                    + row.getString(2)
                                    + "\", and see to it that new partitions get it too (ALTER DEFAULT PRIVILEGES)");
                }
            }
        }
    }

    private void membership(
            String which, TableShape shape, Found found, @Nullable Publishing published, Problems problems) {
        String publication = '"' + settings.publication() + '"';
        if (published == null) {
            if (!found.ours()) {
                problems.add(
                        shape.stream(),
                        which + "it is not in the publication '" + settings.publication()
                                + "', which Freshet did not make and does not alter; let the owner run: ALTER PUBLICATION "
                                + publication + " ADD TABLE " + shape.qualifiedName());
            }
            return;
        }
        if (!published.filter().isEmpty()) {
            problems.add(
                    shape.stream(),
                    which + "the publication leaves rows of it out (a row filter); ALTER PUBLICATION " + publication
                            + " DROP TABLE " + shape.qualifiedName() + ", then ADD it without WHERE");
        }
        List<String> unlisted = shape.columns().stream()
                .map(ShapeColumn::name)
                .filter(c ->
                        !published.columns().isEmpty() && !published.columns().contains(c))
                .toList();
        if (!unlisted.isEmpty()) {
            problems.add(
                    shape.stream(),
                    which + "the publication leaves out its columns " + unlisted + " (a column list); publish them too,"
                            + " or name in 'columns' those that are published");
        }
        List<String> generated = shape.columns().stream()
                .filter(ShapeColumn::generated)
                .map(ShapeColumn::name)
                .filter(c ->
                        !published.generatedStored() && !published.columns().contains(c))
                .toList();
        if (!generated.isEmpty()) {
            boolean named = shape.capture().columns().stream().anyMatch(generated::contains);
            problems.add(
                    shape.stream(),
                    which + "the publication leaves out its generated columns " + generated
                            + "; ALTER PUBLICATION " + publication + " SET (publish_generated_columns = stored)"
                            + (named ? ", or leave them out of 'columns'" : ", or name in 'columns' the others"));
        }
    }

    /** Returns the tables' names for SQL by oid. */
    static Map<Long, String> byOid(Collection<TableShape> shapes) {
        return shapes.stream().collect(Collectors.toMap(TableShape::oid, TableShape::qualifiedName, (a, b) -> a));
    }
}
