package dev.freshet.capture.postgres.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real server prints for every one of its types, as JSON. */
class BuiltInTypesTest {
    /** By type: values as SQL literals, each with the JSON that it becomes. */
    private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

    /** Built-in base types that have no input or cannot be a table's column. */
    private static final Set<String> WITHOUT_VALUES = Set.of(
            "pg_node_tree",
            "pg_ndistinct",
            "pg_dependencies",
            "pg_mcv_list",
            "pg_brin_bloom_summary",
            "pg_brin_minmax_multi_summary");

    static {
        put("bool", "'t'", "true", "'f'", "false");
        put("int2", "'-32768'", "-32768");
        put("int4", "'0'", "0", "'2147483647'", "2147483647");
        put("int8", "'-9223372036854775808'", "-9223372036854775808");
        put("oid", "'4294967295'", "4294967295");
        put("xid", "'7'", "7");
        put("xid8", "'18446744073709551615'", "18446744073709551615");
        put("cid", "'7'", "7");
        put("numeric", "'1.00'", "1.00", "'-0.00'", "0.00", "'1e-20'", "0.00000000000000000001");
        put("numeric", "'1e30'", "1000000000000000000000000000000", "'NaN'", "\"NaN\"", "'-inf'", "\"-Infinity\"");
        put("float4", "'1.1'", "1.1", "'1e20'", "1e+20", "'NaN'", "\"NaN\"", "'-0'", "-0", "'1e-45'", "1e-45");
        put("float8", "'0.1'", "0.1", "'1e300'", "1e+300", "'inf'", "\"Infinity\"", "'-inf'", "\"-Infinity\"");
        put("float8", "'1.7976931348623157e308'", "1.7976931348623157e+308", "'123456789.123'", "123456789.123");
        put("text", "'a\"b\\c'", "\"a\\\"b\\\\c\"", "''", "\"\"", "E'\\u0001\\t\\n'", "\"\\u0001\\t\\n\"");
        put("varchar", "'é😀'", "\"é😀\"");
        put("bpchar", "'ab'", "\"ab\"");
        put("name", "'n'", "\"n\"");
        put("char", "'c'", "\"c\"");
        put("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"");
        put("bytea", "'\\xdeadbeef'", "\"3q2+7w==\"", "''", "\"\"");
        put("date", "'2026-01-02'", "\"2026-01-02\"", "'0044-03-15 BC'", "\"-0043-03-15\"");
        put("date", "'infinity'", "\"infinity\"", "'5874897-12-31'", "\"+5874897-12-31\"");
        put(
                "date",
                "'4714-11-24 BC'",
                "\"-4713-11-24\"",
                "'0001-01-01 BC'",
                "\"0000-01-01\"",
                "'0001-01-01'",
                "\"0001-01-01\"");
        put("time", "'03:04:05.1'", "\"03:04:05.1\"", "'24:00'", "\"24:00:00\"");
        put("timetz", "'03:04:05.1+05:30'", "\"03:04:05.1+05:30\"");
        put("timestamp", "'2026-01-02 03:04:05.123456'", "\"2026-01-02T03:04:05.123456\"");
        put("timestamp", "'-infinity'", "\"-infinity\"", "'4714-11-24 BC'", "\"-4713-11-24T00:00:00\"");
        put("timestamptz", "'2026-01-02 03:04:05.1+02'", "\"2026-01-02T01:04:05.1Z\"");
        put("timestamptz", "'294276-12-31 23:59:59.999999+00'", "\"+294276-12-31T23:59:59.999999Z\"");
        put("timestamptz", "'0044-03-15 00:00:00.5+00 BC'", "\"-0043-03-15T00:00:00.5Z\"");
        put("interval", "'1 year 2 days 03:04:05.6'", "\"P1Y2DT3H4M5.6S\"", "'0'", "\"PT0S\"");
        put("interval", "'-1 mon +2 days -3:00'", "\"P-1M2DT-3H\"", "'infinity'", "\"infinity\"");
        put("money", "'-1234.5'", "\"-$1,234.50\"");
        put("json", "'{\"a\" : 1.00}'", "{\"a\" : 1.00}", "'null'", "null", "' [1] '", " [1] ");
        put("jsonb", "'{\"b\":[1,null]}'", "{\"b\": [1, null]}", "'\"x\"'", "\"x\"");
        put("jsonpath", "'$.a'", "\"$.\\\"a\\\"\"");
        put("xml", "'<a/>'", "\"<a/>\"");
        put("inet", "'10.0.0.1/8'", "\"10.0.0.1/8\"");
        put("cidr", "'10.0.0.0/8'", "\"10.0.0.0/8\"");
        put("macaddr", "'08:00:2b:01:02:03'", "\"08:00:2b:01:02:03\"");
        put("macaddr8", "'08:00:2b:01:02:03:04:05'", "\"08:00:2b:01:02:03:04:05\"");
        put("bit", "'1'", "\"1\"");
        put("varbit", "'101'", "\"101\"");
        put("tsvector", "'a:1 b'", "\"'a':1 'b'\"");
        put("tsquery", "'a & b'", "\"'a' & 'b'\"");
        put("gtsvector");
        put("point", "'(1,2)'", "\"(1,2)\"");
        put("lseg", "'[(1,2),(3,4)]'", "\"[(1,2),(3,4)]\"");
        put("path", "'((1,2),(3,4))'", "\"((1,2),(3,4))\"");
        put("box", "'(3,4),(1,2)'", "\"(3,4),(1,2)\"");
        put("polygon", "'((1,2),(3,4))'", "\"((1,2),(3,4))\"");
        put("line", "'{1,2,3}'", "\"{1,2,3}\"");
        put("circle", "'<(1,2),3>'", "\"<(1,2),3>\"");
        put("pg_lsn", "'0/16B3748'", "\"0/16B3748\"");
        put("tid", "'(1,2)'", "\"(1,2)\"");
        put("txid_snapshot", "'10:20:'", "\"10:20:\"");
        put("pg_snapshot", "'10:20:'", "\"10:20:\"");
        put("refcursor", "'r'", "\"r\"");
        put("aclitem", "'postgres=r/postgres'", "\"postgres=r/postgres\"");
        put("int2vector", "'1 2'", "\"1 2\"");
        put("oidvector", "'1 2'", "\"1 2\"");
        put("regclass", "'pg_catalog.pg_class'", "\"pg_class\"");
        put("regcollation", "'pg_catalog.\"C\"'", "\"\\\"C\\\"\"");
        put("regconfig", "'pg_catalog.simple'", "\"simple\"");
        put("regdictionary", "'pg_catalog.simple'", "\"simple\"");
        put("regnamespace", "'pg_catalog'", "\"pg_catalog\"");
        put("regoper", "'pg_catalog.||/'", "\"||/\"");
        put("regoperator", "'pg_catalog.+(int4,int4)'", "\"+(integer,integer)\"");
        put("regproc", "'pg_catalog.now'", "\"now\"");
        put("regprocedure", "'pg_catalog.abs(int4)'", "\"abs(integer)\"");
        put("regrole", "'postgres'", "\"postgres\"");
        put("regtype", "'int4'", "\"integer\"");
    }

    private static TestDatabase database;
    private static Connection connection;
    private static TypeCatalog types;

    private static void put(String type, String... literalsAndJson) {
        VALUES.computeIfAbsent(type, t -> new ArrayList<>()).addAll(List.of(literalsAndJson));
    }

    @BeforeAll
    static void createDatabase() throws SQLException {
        database = TestServers.shared().newDatabase();
        // what a role or database may have as its defaults
        database.execute(
                "ALTER DATABASE " + database.name() + " SET DateStyle = 'SQL, DMY'",
                "ALTER DATABASE " + database.name() + " SET IntervalStyle = 'postgres'",
                "ALTER DATABASE " + database.name() + " SET extra_float_digits = -3",
                "ALTER DATABASE " + database.name() + " SET bytea_output = 'escape'",
                "CREATE TYPE mood AS ENUM ('sad', 'so-so, \"ok\"')",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE DOMAIN amount AS numeric(9,2)",
                "CREATE DOMAIN total AS amount",
                "CREATE DOMAIN list AS int[]");
        connection = connect();
        types = new TypeCatalog(BuiltInTypesTest::connect);
    }

    @AfterAll
    static void dropDatabase() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void everyBuiltInType_isCovered() throws SQLException {
        Set<String> missing = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT typname FROM pg_type WHERE typtype = 'b'"
                        + " AND typnamespace = 'pg_catalog'::regnamespace AND typoutput <> 'array_out'::regproc")) {
            while (row.next()) {
                missing.add(row.getString(1));
            }
        }
        missing.removeAll(VALUES.keySet());
        missing.removeAll(WITHOUT_VALUES);
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyValue_isTheJsonOfTheMapping() throws SQLException {
        for (Map.Entry<String, List<String>> type : VALUES.entrySet()) {
            for (int i = 0; i < type.getValue().size(); i += 2) {
                String json = json(type.getValue().get(i), '"' + type.getKey() + '"');
                assertEquals(type.getValue().get(i + 1), json, type.getKey());
                requireJson(json);
            }
        }
    }

    @Test
    void arraysOfEveryType_holdTheirElementsJson() throws SQLException {
        for (Map.Entry<String, List<String>> type : VALUES.entrySet()) {
            List<String> values = type.getValue();
            if (values.isEmpty() || values.contains("null")) {
                continue;
            }
            StringBuilder literals = new StringBuilder("ARRAY[");
            StringBuilder expected = new StringBuilder("[");
            for (int i = 0; i < values.size(); i += 2) {
                literals.append(i > 0 ? ", " : "")
                        .append(values.get(i))
                        .append("::\"")
                        .append(type.getKey())
                        .append('"');
                expected.append(i > 0 ? "," : "").append(values.get(i + 1));
            }
            String array = json(literals.append(']').toString(), '"' + type.getKey() + "\"[]");
            assertEquals(expected.append(']').toString(), array, type.getKey());
            requireJson(array);
        }
    }

    @Test
    void arraysOfEveryType_keepSqlNulls() throws SQLException {
        for (String type : VALUES.keySet()) {
            String expected = type.startsWith("json") && !type.equals("jsonpath") ? "\"{NULL}\"" : "[null]";
            assertEquals(expected, json("ARRAY[NULL]", '"' + type + "\"[]"), type);
        }
    }

    @Test
    void userTypes_areTheirText() throws SQLException {
        assertEquals("\"so-so, \\\"ok\\\"\"", json("'so-so, \"ok\"'", "public.mood"));
        assertEquals(
                "[\"sad\",\"so-so, \\\"ok\\\"\",null]", json("ARRAY['sad', 'so-so, \"ok\"', NULL]", "public.mood[]"));
        assertEquals("\"(1,\\\"b \\\"\\\"\\\")\"", json("ROW(1, 'b \"')", "public.pair"));
        assertEquals("\"[1,3)\"", json("'[1,2]'", "int4range"));
        assertEquals("\"{[1,3),[5,6)}\"", json("'{[1,2],[5,5]}'", "int4multirange"));
        assertEquals("1.50", json("1.5", "public.total"));
        assertEquals("[1.50,2.00]", json("ARRAY[1.5, 2]", "public.amount[]"));
        assertEquals("[1,2]", json("ARRAY[1, 2]", "public.list"));
        // two dimensions would look the same
        assertEquals(
                "\"{\\\"{1,2}\\\",\\\"{3}\\\"}\"",
                json("ARRAY[ARRAY[1,2]::public.list, ARRAY[3]::public.list]", "public.list[]"));
    }

    @Test
    void names_resolveDomainsAndKeepModifiers() throws SQLException {
        assertEquals("numeric(9,2)", name("public.total"));
        assertEquals("numeric(9,2)[]", name("public.total[]"));
        assertEquals("integer[]", name("public.list"));
        assertEquals("public.mood[]", name("public.mood[]"));
        assertEquals("character varying(40)", name("varchar(40)"));
        assertEquals("timestamp(3) with time zone", name("timestamptz(3)"));
        assertEquals("numeric(15,2)[]", name("numeric(15,2)[]"));
        assertEquals("bit varying(5)", name("varbit(5)"));
    }

    @Test
    void portable_isWhatTheServerBringsAlong() throws SQLException {
        assertTrue(portable("text[]"));
        assertTrue(portable("public.total"));
        assertTrue(portable("int4range"));
        assertFalse(portable("public.mood"));
        assertFalse(portable("public.mood[]"));
        assertFalse(portable("public.pair"));
        assertFalse(portable("public.list[]"));
    }

    @Test
    void keys_areRefusedWhereEqualValuesDiffer() throws SQLException {
        for (String type : List.of(
                "float4",
                "float8",
                "interval",
                "json",
                "jsonb",
                "public.pair",
                "int4range",
                "int4multirange",
                "bpchar",
                "float8[]",
                "numeric[]",
                "public.pair[]",
                "interval[]",
                "point",
                "public.list[]")) {
            assertNotNull(keyProblem(type), type);
        }
        for (String type : List.of(
                "int2",
                "int4",
                "int8",
                "numeric(9,2)",
                "text",
                "varchar(3)",
                "char(3)",
                "uuid",
                "bytea",
                "date",
                "timestamp",
                "timestamptz",
                "bool",
                "inet",
                "public.mood",
                "public.total",
                "int4[]",
                "text[]",
                "public.list")) {
            assertNull(keyProblem(type), type);
        }
    }

    @Test
    void extensionTypes_areTextAndNoKeys() throws SQLException {
        database.execute("CREATE EXTENSION citext", "CREATE EXTENSION hstore", "CREATE EXTENSION ltree");
        assertEquals("\"Ab\"", json("'Ab'", "public.citext"));
        assertEquals("[\"Ab\",null]", json("ARRAY['Ab', NULL]", "public.citext[]"));
        assertEquals("\"\\\"a\\\"=>NULL\"", json("'a=>NULL'", "public.hstore"));
        assertNotNull(keyProblem("public.citext"));
        assertNotNull(keyProblem("public.citext[]"));
        assertNotNull(keyProblem("public.hstore"));
        assertNull(keyProblem("public.ltree"));
    }

    @Test
    void keyEncoder_normalisesNumbersBelowDomains() throws SQLException {
        assertEquals("1.5", Texts.json(types.keyEncoder(column("public.total").oid()), "1.50"));
        assertEquals("1.50", Texts.json(types.encoder(column("public.total").oid()), "1.50"));
    }

    @Test
    void typeMadeLater_isLookedUpOnDemand() throws SQLException {
        database.execute("CREATE DOMAIN later AS bytea");
        assertEquals("\"3q0=\"", json("'\\xdead'", "public.later"));
        assertEquals("[\"3q0=\"]", json("ARRAY['\\xdead'::bytea]", "public.later[]"));
    }

    @Test
    void renamedType_isSeenAfterForgetting() throws SQLException {
        database.execute("CREATE TYPE before AS ENUM ('x')");
        int oid = column("public.before").oid();
        assertEquals("public.before", types.typeName(oid, -1));
        database.execute("ALTER TYPE before RENAME TO after");
        types.forget();
        assertEquals("public.after", types.typeName(oid, -1));
    }

    private static String json(String literal, String type) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (" + literal + ")::" + type)) {
            row.next();
            return Texts.json(types.encoder(column(type).oid()), row.getString(1));
        }
    }

    private static String name(String type) throws SQLException {
        ColumnType column = column(type);
        return types.typeName(column.oid(), column.typmod());
    }

    private static boolean portable(String type) throws SQLException {
        return types.portable(column(type).oid());
    }

    private static String keyProblem(String type) throws SQLException {
        ColumnType column = column(type);
        return types.keyProblem(column.oid(), column.typmod());
    }

    private static ColumnType column(String type) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE probe (c " + type + ")");
            try (ResultSet row = statement.executeQuery("SELECT atttypid, atttypmod FROM pg_attribute"
                    + " WHERE attrelid = 'pg_temp.probe'::regclass AND attnum = 1")) {
                row.next();
                return new ColumnType((int) row.getLong(1), row.getInt(2));
            } finally {
                statement.execute("DROP TABLE pg_temp.probe");
            }
        }
    }

    private static void requireJson(String json) {
        JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8));
        reader.nextTree();
        reader.end();
    }

    private static Connection connect() throws SQLException {
        Connection connection = database.connect();
        SessionSettings.pin(connection);
        return connection;
    }

    private record ColumnType(int oid, int typmod) {}
}
