package dev.freshet.capture.postgres.value;

import dev.freshet.model.RetriableException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The types of the source's database: how their values are encoded, what they are called, which can be keys.
 *
 * <p>Types are looked up when first asked for and kept. {@link #learn} looks up many at once; what was not learnt is looked
 * up one by one. Only a look-up opens a connection, and it closes it again. May be used by any thread.
 */
public final class TypeCatalog {
    private static final String SELECT = "WITH RECURSIVE need AS ("
            + "SELECT * FROM pg_catalog.pg_type WHERE oid = ANY (?)"
            + " UNION SELECT t.* FROM need JOIN pg_catalog.pg_type t ON t.oid IN (need.typbasetype, need.typelem))"
            + " SELECT t.oid, n.nspname, t.typname, t.typtype, t.typbasetype, t.typtypmod,"
            + " CASE WHEN t.typoutput = 'pg_catalog.array_out'::regproc THEN t.typelem ELSE 0 END AS element,"
            + " t.typdelim, pg_catalog.format_type(t.oid, NULL) AS title"
            + " FROM need t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace";
    private static final String SELECT_NAMES =
            "SELECT o, m, pg_catalog.format_type(o::oid, m) FROM unnest(?::bigint[], ?::int[]) AS u(o, m)";

    private final Connections connections;
    private final Map<Integer, PgType> types = new HashMap<>();
    private final Map<Named, String> names = new HashMap<>();
    private final Map<Integer, ValueEncoder> encoders = new HashMap<>();
    private final Map<Integer, ValueEncoder> keyEncoders = new HashMap<>();

    /** Creates an empty catalog. */
    public TypeCatalog(Connections connections) {
        this.connections = connections;
    }

    /**
     * Forgets everything, so that renamed types are seen anew; encoders that were given out stay valid.
     */
    public synchronized void forget() {
        types.clear();
        names.clear();
        encoders.clear();
        keyEncoders.clear();
    }

    /**
     * Looks up, in one go and only if one is not known yet, what {@link #encoder}, {@link #typeName} and the other methods
     * need of the types.
     *
     * @param oids the types' oids
     * @param typmods their modifiers ({@code atttypmod}), as many; -1 for none
     * @throws RetriableException if the server cannot be asked
     */
    public synchronized void learn(int[] oids, int[] typmods) {
        if (knowsAll(oids, typmods)) {
            return;
        }
        try (Connection connection = connections.open()) {
            learn(connection, oids, typmods);
        } catch (SQLException e) {
            throw new RetriableException("The types of the source's columns could not be read: " + e.getMessage(), e);
        }
    }

    /**
     * Looks up the same over a connection that is there already.
     *
     * @param connection a session with {@link SessionSettings} pinned
     */
    public synchronized void learn(Connection connection, int[] oids, int[] typmods) throws SQLException {
        if (knowsAll(oids, typmods)) {
            return;
        }
        loadTypes(connection, oids);
        Set<Named> wanted = new LinkedHashSet<>();
        for (int i = 0; i < oids.length; i++) {
            Named named = resolved(oids[i], typmods[i]);
            if (named.typmod >= 0 && !names.containsKey(named)) {
                wanted.add(named);
            }
        }
        if (!wanted.isEmpty()) {
            loadNames(connection, wanted);
        }
    }

    private boolean knowsAll(int[] oids, int[] typmods) {
        for (int i = 0; i < oids.length; i++) {
            if (!types.containsKey(oids[i])) {
                return false;
            }
            Named named = resolved(oids[i], typmods[i]);
            if (named.typmod >= 0 && !names.containsKey(named)) {
                return false;
            }
        }
        return true;
    }

    private void loadTypes(Connection connection, int[] oids) throws SQLException {
        Long[] unsigned = new Long[oids.length];
        for (int i = 0; i < oids.length; i++) {
            unsigned[i] = Integer.toUnsignedLong(oids[i]);
        }
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            Array array = connection.createArrayOf("oid", unsigned);
            statement.setArray(1, array);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    PgType type = type(rows);
                    types.put(type.oid(), type);
                }
            }
        }
        for (int oid : oids) {
            types.putIfAbsent(oid, PgType.gone(oid));
        }
    }

    private static PgType type(ResultSet row) throws SQLException {
        return new PgType(
                (int) row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4).charAt(0),
                (int) row.getLong(5),
                row.getInt(6),
                (int) row.getLong(7),
                row.getString(8).charAt(0),
                row.getString(9));
    }

    private void loadNames(Connection connection, Set<Named> wanted) throws SQLException {
        Long[] oids = wanted.stream().map(n -> Integer.toUnsignedLong(n.oid)).toArray(Long[]::new);
        Integer[] typmods = wanted.stream().map(n -> n.typmod).toArray(Integer[]::new);
        try (PreparedStatement statement = connection.prepareStatement(SELECT_NAMES)) {
            statement.setArray(1, connection.createArrayOf("bigint", oids));
            statement.setArray(2, connection.createArrayOf("int", typmods));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.put(new Named((int) rows.getLong(1), rows.getInt(2)), rows.getString(3));
                }
            }
        }
    }

    /** Returns the encoder of the type's values. */
    public synchronized ValueEncoder encoder(int typeOid) {
        ValueEncoder known = encoders.get(typeOid);
        if (known == null) {
            known = build(base(typeOid), false);
            encoders.put(typeOid, known);
        }
        return known;
    }

    /**
     * Returns the encoder of the type's values in a key: equal keys get equal bytes.
     *
     * @param typeOid a type of which {@link #keyProblem} says nothing
     */
    public synchronized ValueEncoder keyEncoder(int typeOid) {
        ValueEncoder known = keyEncoders.get(typeOid);
        if (known == null) {
            known = build(base(typeOid), true);
            keyEncoders.put(typeOid, known);
        }
        return known;
    }

    /**
     * Returns why columns of the type cannot be part of a key, as the end of a sentence, or null if they can.
     *
     * @param typeOid the type
     * @param typmod its modifier
     */
    public synchronized @Nullable String keyProblem(int typeOid, int typmod) {
        Named named = resolved(typeOid, typmod);
        return KeyTypes.problem(type(named.oid), named.typmod, this::base);
    }

    /**
     * Returns what it takes to look up a key's column by the text of its value.
     *
     * @param typeOid a type of which {@link #keyProblem} says nothing
     * @param typmod its modifier
     */
    public synchronized KeyDecoder.KeyColumn keyColumn(int typeOid, int typmod) {
        PgType type = base(typeOid);
        PgType element = type.array() ? base(type.element()) : type;
        boolean isEnum = type.kind() == 'e';
        boolean ownEquality = !type.array() && !isEnum && !type.builtIn();
        boolean ofDomains = type.array() && type(type.element()).domain();
        return new KeyDecoder.KeyColumn(
                castable(ofDomains ? type.title() : typeName(typeOid, typmod)),
                ownEquality ? type.schema() : "pg_catalog",
                isEnum && type(typeOid).domain(),
                element.builtIn() ? element.name() : "",
                type.array(),
                type.array() ? type(type.element()).delimiter() : ',');
    }

    /**
     * Returns a type's name as SQL wants it behind {@code ::}, which takes some names without a length, of a type or of an
     * array's elements, for a length of 1, though the catalog does not.
     */
    public static String castable(String typeName) {
        return typeName.replaceFirst("^character(?=(\\[])?$)", "bpchar").replaceFirst("^bit(?=(\\[])?$)", "\"bit\"");
    }

    private ValueEncoder build(PgType type, boolean key) {
        if (!type.array()) {
            return Encoders.of(type, key);
        }
        PgType element = base(type.element());
        if (element.array()) {
            // a domain over an array as element: nesting would look like a second dimension
            return Scalars.TEXT;
        }
        return new ArrayEncoder(
                Encoders.of(element, key), (byte) type(type.element()).delimiter());
    }

    /**
     * Returns the type's name as {@code format_type} writes it, with the modifier; for a domain that of the type under it.
     *
     * @param typeOid the type
     * @param typmod its modifier ({@code atttypmod}), -1 for none
     */
    public synchronized String typeName(int typeOid, int typmod) {
        Named named = resolved(typeOid, typmod);
        PgType type = type(named.oid);
        if (type.array() && type(type.element()).domain()) {
            PgType domain = type(type.element());
            return typeName(domain.base(), domain.baseTypmod()) + "[]";
        }
        if (named.typmod < 0) {
            return type.title();
        }
        if (!names.containsKey(named)) {
            learn(new int[] {named.oid}, new int[] {named.typmod});
        }
        return names.getOrDefault(named, type.title());
    }

    /** Returns whether the type, or an array's element type, is one of the server's built-in ones; domains count as what is under them. */
    public synchronized boolean portable(int typeOid) {
        PgType type = base(typeOid);
        if (!type.array()) {
            return type.builtIn();
        }
        PgType element = base(type.element());
        return element.builtIn() && !element.array();
    }

    /** Follows domains down to a type that is none. */
    private PgType base(int oid) {
        return type(resolved(oid, -1).oid);
    }

    private Named resolved(int oid, int typmod) {
        PgType type = type(oid);
        int modifier = typmod;
        while (type.domain()) {
            modifier = type.baseTypmod();
            type = type(type.base());
        }
        return new Named(type.oid(), modifier);
    }

    private PgType type(int oid) {
        PgType known = types.get(oid);
        if (known == null) {
            try (Connection connection = connections.open()) {
                loadTypes(connection, new int[] {oid});
            } catch (SQLException e) {
                throw new RetriableException(
                        "Type " + Integer.toUnsignedString(oid) + " of the source could not be read: " + e.getMessage(),
                        e);
            }
            known = types.get(oid);
        }
        if (known == null) {
            throw new IllegalStateException("A type that was looked up is neither there nor gone");
        }
        return known;
    }

    private record Named(int oid, int typmod) {}
}
