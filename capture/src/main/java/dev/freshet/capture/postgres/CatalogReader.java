package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.CatalogEntry.Asked;
import dev.freshet.capture.postgres.CatalogEntry.Attribute;
import dev.freshet.capture.postgres.CatalogEntry.Leaf;
import dev.freshet.capture.postgres.CatalogEntry.Publishing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the catalog entries of all captured tables at once, each statement in a fresh snapshot. That the statements have
 * different snapshots is no harm: all are newer than the LSN sampled before, and a change that only one of them saw differs
 * from the known text all the same.
 */
final class CatalogReader {
    private static final String SELECT_TABLES = "SELECT t.ord, c.oid, n.nspname || '.' || c.relname"
            + " FROM unnest(?::text[]) WITH ORDINALITY AS t(name, ord)"
            + " JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.name)"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";
    private static final String SELECT_ATTRIBUTES =
            "SELECT attrelid, attnum, attname, atttypid, atttypmod, atthasmissing, attgenerated"
                    + " FROM pg_catalog.pg_attribute WHERE attrelid = ANY (?::oid[]) AND attnum > 0 AND NOT attisdropped"
                    + " ORDER BY attrelid, attnum";
    private static final String SELECT_LEAVES = "SELECT r.oid, c.oid, n.nspname || '.' || c.relname, c.relkind,"
            + " coalesce(pg_catalog.pg_relation_filenode(c.oid), 0), c.relreplident,"
            + " ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a"
            + " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relreplident IN ('d', 'i')"
            + " AND EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid"
            + " AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident)"
            + " AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]::int2[])) ORDER BY a.attnum),"
            + " (SELECT coalesce(pg_catalog.string_agg(pg_catalog.concat_ws('.', i.inhrelid, i.xmin), '.'"
            + " ORDER BY i.inhrelid), '') FROM pg_catalog.pg_partition_ancestors(c.oid) AS p(oid)"
            + " JOIN pg_catalog.pg_inherits i ON i.inhrelid = p.oid"
            + " WHERE p.oid NOT IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(r.oid)))"
            + " FROM unnest(?::oid[]) AS r(oid)"
            + " CROSS JOIN LATERAL (SELECT relid::oid FROM pg_catalog.pg_partition_tree(r.oid) WHERE isleaf"
            + " UNION SELECT r.oid) AS t(oid)"
            + " JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.relkind <> 'p' ORDER BY r.oid, c.oid";
    /** The first oid of what users make; built-in types have no labels or attributes that could change. */
    private static final long FIRST_USER_OID = 16_384;

    private static final String SELECT_WORDS =
            "WITH RECURSIVE inside(root, oid) AS (SELECT o, o FROM unnest(?::oid[]) AS o UNION"
                    + " SELECT i.root, n.oid FROM inside i JOIN pg_catalog.pg_type t ON t.oid = i.oid CROSS JOIN LATERAL ("
                    + "SELECT t.typelem UNION ALL SELECT t.typbasetype"
                    + " UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a"
                    + " WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped"
                    + " UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)"
                    + ") AS n(oid) WHERE n.oid >= " + FIRST_USER_OID + ")"
                    + " SELECT i.root, '" + Attribute.LABEL + "' || e.oid, e.enumlabel::text"
                    + " FROM inside i JOIN pg_catalog.pg_enum e ON e.enumtypid = i.oid"
                    + " UNION ALL SELECT i.root, 'c' || t.oid || '.' || a.attnum, a.atttypid::text"
                    + " FROM inside i JOIN pg_catalog.pg_type t ON t.oid = i.oid"
                    + " JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid"
                    + " WHERE a.attnum > 0 AND NOT a.attisdropped";
    private static final String SELECT_NOT_EMPTY =
            "SELECT oid FROM unnest(?::oid[]) AS l(oid) WHERE coalesce(pg_catalog.pg_relation_size(oid), 1) > 0";

    private final Publications publications;

    CatalogReader(Publications publications) {
        this.publications = publications;
    }

    /**
     * Returns the entries by stream; a table that is not there has one that says so.
     *
     * @param asked by stream, what is looked for
     */
    Map<String, CatalogEntry> read(Connection connection, Map<String, Asked> asked) throws SQLException {
        Map<String, Named> found = tables(connection, asked);
        List<Long> oids = found.values().stream().map(Named::oid).toList();
        Map<Long, List<Attribute>> attributes = attributes(connection, oids);
        Map<Long, List<Leaf>> leaves = leaves(connection, oids);
        Map<Long, Publishing> published = publications.publishing(connection, oids);
        Map<String, CatalogEntry> entries = new LinkedHashMap<>();
        asked.forEach((stream, what) -> {
            Named table = found.get(stream);
            entries.put(
                    stream,
                    table == null
                            ? CatalogEntry.gone(what)
                            : new CatalogEntry(
                                    what,
                                    table.oid,
                                    table.name,
                                    published.getOrDefault(table.oid, Publishing.NONE),
                                    captured(what, attributes.getOrDefault(table.oid, List.of())),
                                    leaves.getOrDefault(table.oid, List.of())));
        });
        return entries;
    }

    private static Map<String, Named> tables(Connection connection, Map<String, Asked> asked) throws SQLException {
        List<String> streams = List.copyOf(asked.keySet());
        Map<String, Named> found = new LinkedHashMap<>();
        String[] names = asked.values().stream().map(Asked::table).toArray(String[]::new);
        try (PreparedStatement statement = connection.prepareStatement(SELECT_TABLES)) {
            statement.setArray(1, connection.createArrayOf("text", names));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(streams.get(row.getInt(1) - 1), new Named(row.getLong(2), row.getString(3)));
                }
            }
        }
        return found;
    }

    private record Named(long oid, String name) {}

    private static List<Attribute> captured(Asked asked, List<Attribute> attributes) {
        return attributes.stream()
                .filter(a -> asked.columns().isEmpty() || asked.columns().contains(a.name()))
                .toList();
    }

    /** Returns those of the tables whose file holds anything, or that are gone. */
    List<Long> notEmpty(Connection connection, Collection<Long> oids) throws SQLException {
        List<Long> filled = new ArrayList<>();
        if (oids.isEmpty()) {
            return filled;
        }
        try (PreparedStatement statement = connection.prepareStatement(SELECT_NOT_EMPTY)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    filled.add(row.getLong(1));
                }
            }
        }
        return filled;
    }

    private static Map<Long, List<Attribute>> attributes(Connection connection, Collection<Long> oids)
            throws SQLException {
        Map<Long, List<Attribute>> attributes = new HashMap<>();
        Set<Long> userTypes = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_ATTRIBUTES)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long type = row.getLong(4);
                    if (type >= FIRST_USER_OID) {
                        userTypes.add(type);
                    }
                    attributes
                            .computeIfAbsent(row.getLong(1), o -> new ArrayList<>())
                            .add(new Attribute(
                                    row.getInt(2),
                                    row.getString(3),
                                    type,
                                    row.getInt(5),
                                    row.getBoolean(6),
                                    row.getString(7),
                                    Map.of()));
                }
            }
        }
        if (!userTypes.isEmpty()) {
            Map<Long, Map<String, String>> words = words(connection, userTypes);
            attributes
                    .values()
                    .forEach(all -> all.replaceAll(a -> a.withWords(words.getOrDefault(a.typeOid(), Map.of()))));
        }
        return attributes;
    }

    /** Returns by type what the text of its values is made of; see {@link Attribute}. */
    private static Map<Long, Map<String, String>> words(Connection connection, Collection<Long> types)
            throws SQLException {
        Map<Long, Map<String, String>> words = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_WORDS)) {
            statement.setArray(1, connection.createArrayOf("oid", types.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    words.computeIfAbsent(row.getLong(1), t -> new HashMap<>()).put(row.getString(2), row.getString(3));
                }
            }
        }
        return words;
    }

    private static Map<Long, List<Leaf>> leaves(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, List<Leaf>> leaves = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_LEAVES)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    leaves.computeIfAbsent(row.getLong(1), o -> new ArrayList<>())
                            .add(new Leaf(
                                    row.getLong(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getLong(5),
                                    row.getString(6),
                                    List.of((String[]) row.getArray(7).getArray()),
                                    row.getString(8)));
                }
            }
        }
        return leaves;
    }
}
