package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.CatalogEntry.Publishing;
import dev.freshet.capture.postgres.table.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's publication, over a connection that each method is given. One that Freshet made bears a mark as its comment;
 * only such a one is altered or dropped.
 */
final class Publications {
    /** All operations, as {@link Publishing#operations()} has them. */
    static final String ALL_OPERATIONS = "iudt";

    private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
    private static final int HAS_FILTERS = 15;
    private static final int HAS_GENERATED = 18;
    private static final String MARK = "made by Freshet for source ";

    private final PostgresSettings settings;

    Publications(PostgresSettings settings) {
        this.settings = settings;
    }

    /**
     * A publication.
     *
     * @param ours whether Freshet made it
     * @param owned whether the role may alter it
     */
    record Found(
            boolean ours,
            boolean owned,
            boolean allTables,
            String operations,
            boolean viaRoot,
            boolean generatedStored) {}

    /** Returns the publication, or empty if there is none of its name. */
    Optional<Found> find(Connection connection) throws SQLException {
        String generated =
                connection.getMetaData().getDatabaseMajorVersion() >= HAS_GENERATED ? "pubgencols = 's'" : "false";
        String sql = "SELECT coalesce(pg_catalog.obj_description(oid, 'pg_publication') LIKE ? || '%', false),"
                + " pg_catalog.pg_has_role(pubowner, 'USAGE'), puballtables,"
                + " CASE WHEN pubinsert THEN 'i' ELSE '' END || CASE WHEN pubupdate THEN 'u' ELSE '' END"
                + " || CASE WHEN pubdelete THEN 'd' ELSE '' END || CASE WHEN pubtruncate THEN 't' ELSE '' END,"
                + " pubviaroot, " + generated + " FROM pg_catalog.pg_publication WHERE pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, MARK);
            statement.setString(2, settings.publication());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Found(
                                row.getBoolean(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getString(4),
                                row.getBoolean(5),
                                row.getBoolean(6)))
                        : Optional.empty();
            }
        }
    }

    /** Returns by table oid how the publication has each of the tables; those that are not in it are left out. */
    Map<Long, Publishing> publishing(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, Publishing> published = new HashMap<>();
        Optional<Found> found = find(connection);
        if (found.isEmpty()) {
            return published;
        }
        Found publication = found.get();
        boolean filters = connection.getMetaData().getDatabaseMajorVersion() >= HAS_FILTERS;
        String sql = "SELECT c.oid, "
                + (filters
                        ? "ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
                                + " AND a.attnum = ANY (r.prattrs::int2[]) ORDER BY a.attnum),"
                                + " coalesce(pg_catalog.pg_get_expr(r.prqual, r.prrelid), '')"
                        : "ARRAY[]::text[], ''")
                + ", pg_catalog.concat_ws('.', p.oid, p.xmin, r.oid, r.xmin"
                + (filters
                        ? ", (SELECT s.oid FROM pg_catalog.pg_publication_namespace s"
                                + " WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace)"
                        : "")
                + ")"
                + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_publication p ON p.pubname = ?"
                + " LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid"
                + " WHERE c.oid = ANY (?::oid[]) AND (p.puballtables OR r.oid IS NOT NULL"
                + (filters
                        ? " OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace s"
                                + " WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace)"
                        : "")
                + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.publication());
            statement.setArray(2, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    published.put(
                            row.getLong(1),
                            new Publishing(
                                    publication.operations(),
                                    publication.viaRoot(),
                                    publication.generatedStored(),
                                    List.of((String[]) row.getArray(2).getArray()),
                                    row.getString(3),
                                    row.getString(4)));
                }
            }
        }
        return published;
    }

    /**
     * Makes the publication, or adds to it what is missing and takes out of it what is not asked for, if it is ours.
     *
     * @param tables by oid, the tables' names for SQL
     */
    void ensure(Connection connection, Map<Long, String> tables) throws SQLException {
        Optional<Found> found = find(connection);
        if (found.isEmpty()) {
            make(connection, tables.values());
            return;
        }
        if (!found.get().ours()) {
            return;
        }
        Map<Long, String> present = members(connection);
        Set<Long> missing = new HashSet<>(tables.keySet());
        missing.removeAll(present.keySet());
        List<String> add = missing.stream().map(tables::get).toList();
        List<String> drop = present.entrySet().stream()
                .filter(m -> !tables.containsKey(m.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        if (!add.isEmpty()) {
            alter(connection, "ADD", add);
        }
        if (!drop.isEmpty()) {
            alter(connection, "DROP", drop);
        }
    }

    private void make(Connection connection, Collection<String> tables) throws SQLException {
        // both in one implicit transaction: without its mark the publication would be somebody else's
        String sql = howToMake(connection, tables) + "; COMMENT ON PUBLICATION " + name() + " IS "
                + Identifiers.literal(MARK + settings.source());
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        LOG.info("Source {}: made publication {} for {}", settings.source(), settings.publication(), tables);
    }

    private void alter(Connection connection, String change, List<String> tables) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER PUBLICATION " + name() + ' ' + change + " TABLE " + String.join(", ", tables));
        }
        LOG.info("Source {}: publication {}: {} {}", settings.source(), settings.publication(), change, tables);
    }

    private Map<Long, String> members(Connection connection) throws SQLException {
        Map<Long, String> members = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_publication_rel r"
                        + " JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid"
                        + " JOIN pg_catalog.pg_class c ON c.oid = r.prrelid"
                        + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE p.pubname = ?")) {
            statement.setString(1, settings.publication());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    members.put(row.getLong(1), Identifiers.qualified(row.getString(2), row.getString(3)));
                }
            }
        }
        return members;
    }

    /** Drops the publication if Freshet made it and the role may. */
    void drop(Connection connection) throws SQLException {
        Optional<Found> found = find(connection);
        if (found.isPresent() && found.get().ours()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP PUBLICATION " + name());
            }
            LOG.info("Source {}: dropped publication {}", settings.source(), settings.publication());
        }
    }

    /** Returns how to make it, also as the end of a sentence; one without tables gives messages alone. */
    String howToMake(Connection connection, Collection<String> tables) throws SQLException {
        boolean generated = connection.getMetaData().getDatabaseMajorVersion() >= HAS_GENERATED;
        return "CREATE PUBLICATION " + name()
                + (tables.isEmpty() ? "" : " FOR TABLE " + String.join(", ", tables))
                + " WITH (publish_via_partition_root = true"
                + (generated ? ", publish_generated_columns = stored)" : ")");
    }

    private String name() {
        return Identifiers.quoted(settings.publication());
    }
}
