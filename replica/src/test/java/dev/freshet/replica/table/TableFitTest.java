package dev.freshet.replica.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.postgres.TableCatalog;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnServers
class TableFitTest {
    private static final SchemaRecord SCHEMA = new SchemaRecord(
            "s",
            List.of(
                    new Column("id", "bigint", false, true),
                    new Column("name", "character varying(40)", true, true),
                    new Column("price", "numeric(15,2)", true, true),
                    new Column("mood", "public.mood", true, false)),
            List.of("id"));

    private static List<String> problems(TestDatabase db, Map<String, String> columns, String... ddl) throws Exception {
        return problems(db, SCHEMA, columns, ddl);
    }

    private static List<String> problems(
            TestDatabase db, SchemaRecord schema, Map<String, String> columns, String... ddl) throws Exception {
        db.execute(ddl);
        try (Connection c = db.connect()) {
            TargetTable table = TableCatalog.read(c, TableName.parse("public.t"));
            assertNotNull(table);
            StreamTarget target = new StreamTarget("s", "shop.s", null, TableName.parse("public.t"), columns);
            return TableFit.first(target, schema, table).problems();
        }
    }

    @Test
    void tableMadeForTheStream_fits(TestDatabase db) throws Exception {
        StreamTarget target = new StreamTarget("s", "shop.s", null, TableName.parse("public.t"), Map.of());
        assertEquals(List.of(), problems(db, Map.of(), TableMaker.create(target, SCHEMA)));
        StreamTarget renamed =
                new StreamTarget("s", "shop.s", null, TableName.parse("public.r"), Map.of("id", "k", "mood", "m"));
        db.execute(TableMaker.create(renamed, SCHEMA));
        try (Connection c = db.connect()) {
            TargetTable table = TableCatalog.read(c, renamed.table());
            assertNotNull(table);
            assertEquals(List.of(), TableFit.first(renamed, SCHEMA, table).problems());
            assertEquals(2, table.columns().size());
        }
    }

    @Test
    void everyMisfit_isToldAtOnce(TestDatabase db) throws Exception {
        List<String> all = problems(
                db,
                Map.of(),
                "CREATE TABLE parent (id bigint PRIMARY KEY)",
                "CREATE TABLE t (id bigint, name varchar(10) NOT NULL, price numeric(15,1), needed integer NOT NULL,"
                        + " parent bigint REFERENCES parent, code text UNIQUE)");
        for (String part : List.of(
                "'name' has type character varying(10)",
                "'price' has type numeric(15,1)",
                "no column 'mood'",
                "'needed' refuses null and has no default",
                "'t_code_key'",
                "no primary key",
                "t_parent_fkey")) {
            assertTrue(all.stream().anyMatch(p -> p.contains(part)), part + " in " + all);
        }
    }

    @Test
    void misfit_namesTheTableOnceAndTheStatementThatHelps(TestDatabase db) throws Exception {
        Map<String, String> columns = Map.of("id", "id", "mood", "mood");
        List<String> one = problems(db, columns, "CREATE TABLE t (id bigint PRIMARY KEY, mood varchar(3))");
        StreamTarget target = new StreamTarget("s", "shop.s", null, TableName.parse("public.t"), columns);
        assertEquals(
                "Table public.t does not fit stream 's': column 'mood' has type character varying(3), which cannot hold"
                        + " every public.mood of the stream's column 'mood': ALTER TABLE \"public\".\"t\" ALTER COLUMN"
                        + " \"mood\" TYPE text",
                TableFit.misfit(target, one));
        List<String> two = problems(db, columns, "ALTER TABLE t ALTER id TYPE integer");
        assertEquals(
                "Table public.t does not fit stream 's' (2 problems): column 'id' has type integer, which cannot hold every"
                        + " bigint of the stream's column 'id': ALTER TABLE \"public\".\"t\" ALTER COLUMN \"id\" TYPE"
                        + " bigint, or TYPE text; " + one.get(0),
                TableFit.misfit(target, two));
    }

    @Test
    void typesOfTheUsersOwnTable_fitWhereTheyHoldEveryValue(TestDatabase db) throws Exception {
        assertEquals(
                List.of(),
                problems(
                        db,
                        Map.of("id", "id", "name", "name", "price", "price", "mood", "mood"),
                        "CREATE TYPE mood AS ENUM ('a')",
                        "CREATE DOMAIN price AS numeric",
                        "CREATE TABLE t (id numeric PRIMARY KEY, name text, price price, mood mood, extra serial)"));
    }

    @Test
    void referencedTable_isRefused(TestDatabase db) throws Exception {
        List<String> all = problems(
                db,
                Map.of("id", "id"),
                "CREATE TABLE t (id bigint PRIMARY KEY)",
                "CREATE TABLE child (t bigint REFERENCES t)");
        assertEquals(1, all.size(), all.toString());
        assertTrue(all.get(0).contains("child_t_fkey"), all.toString());
    }

    @Test
    void keyThatIsNotMapped_isNamed(TestDatabase db) throws Exception {
        List<String> all = problems(db, Map.of("name", "name"), "CREATE TABLE t (name text)");
        assertTrue(all.stream().anyMatch(p -> p.contains("key column 'id'")), all.toString());
    }

    private static SchemaRecord keyed(String type, boolean portable) {
        return new SchemaRecord(
                "s",
                List.of(new Column("name", type, false, portable), new Column("email", "text", true, true)),
                List.of("name"));
    }

    private static List<String> problemsOfKey(TestDatabase db, SchemaRecord schema, String columns) throws Exception {
        return problems(db, schema, Map.of(), "DROP TABLE IF EXISTS t", "CREATE TABLE t (" + columns + ")");
    }

    /** Rows of different keys would be one row. */
    @Test
    void keyThatTakesDifferentTextsForEqual_isRefused(TestDatabase db) throws Exception {
        db.execute(
                "CREATE EXTENSION citext",
                "CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE DOMAIN lax_text AS citext",
                "CREATE DOMAIN lax_array AS lax_text[]",
                "CREATE TYPE pair AS (code integer, name citext)");
        SchemaRecord text = keyed("text", true);
        SchemaRecord array = keyed("text[]", true);
        for (String type : List.of("citext", "lax_text", "text COLLATE lax", "pair")) {
            assertLax(problemsOfKey(db, text, "name " + type + " PRIMARY KEY, email text"), type);
        }
        for (String type : List.of("citext[]", "lax_text[]", "lax_array", "text[] COLLATE lax")) {
            assertLax(problemsOfKey(db, array, "name " + type + " PRIMARY KEY, email text"), type);
        }
        assertEquals(List.of(), problemsOfKey(db, text, "name text COLLATE \"C\" PRIMARY KEY, email text"));
        assertEquals(List.of(), problemsOfKey(db, array, "name text[] PRIMARY KEY, email text"));
    }

    private static void assertLax(List<String> all, String type) {
        assertEquals(1, all.size(), type + ": " + all);
        assertTrue(all.get(0).contains("'t_pkey' on [name] takes different values for equal"), all.toString());
    }

    /** A delete compares by the column's collation, whatever its index has; and an index may have another than its column. */
    @Test
    void collationsOfColumnAndIndex_areBothLookedAt(TestDatabase db) throws Exception {
        db.execute("CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        SchemaRecord text = keyed("text", true);
        for (String[] of : new String[][] {{"lax", "\"C\""}, {"\"C\"", "lax"}}) {
            List<String> all = problems(
                    db,
                    text,
                    Map.of(),
                    "DROP TABLE IF EXISTS t",
                    "CREATE TABLE t (name text COLLATE " + of[0] + ", email text)",
                    "CREATE UNIQUE INDEX t_pkey ON t (name COLLATE " + of[1] + ")");
            assertLax(all, String.join(" and ", of));
        }
    }

    @Test
    void indexThatComparesInAWayOfTheUsersOwn_isRefused(TestDatabase db) throws Exception {
        assertLax(
                problems(
                        db,
                        keyed("text", true),
                        Map.of(),
                        "CREATE FUNCTION lax (text, text) RETURNS integer LANGUAGE sql IMMUTABLE"
                                + " AS 'SELECT bttextcmp(lower($1), lower($2))'",
                        "CREATE OPERATOR CLASS lax_ops FOR TYPE text USING btree AS OPERATOR 1 <, OPERATOR 2 <=,"
                                + " OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 lax (text, text)",
                        "CREATE TABLE t (name text, email text)",
                        "CREATE UNIQUE INDEX t_pkey ON t (name lax_ops)"),
                "lax_ops");
    }

    @Test
    void keyOfATypeThatASourceAccepts_fits(TestDatabase db) throws Exception {
        db.execute("CREATE EXTENSION ltree", "CREATE TYPE mood AS ENUM ('a')", "CREATE DOMAIN calm AS mood");
        assertEquals(List.of(), problemsOfKey(db, keyed("public.ltree", false), "name ltree PRIMARY KEY, email text"));
        assertEquals(List.of(), problemsOfKey(db, keyed("public.ltree", false), "name text PRIMARY KEY, email text"));
        assertEquals(
                List.of(), problemsOfKey(db, keyed("public.ltree[]", false), "name ltree[] PRIMARY KEY, email text"));
        assertEquals(List.of(), problemsOfKey(db, keyed("public.mood", false), "name calm PRIMARY KEY, email text"));
        assertEquals(
                List.of(), problemsOfKey(db, keyed("public.mood[]", false), "name calm[] PRIMARY KEY, email text"));
    }

    /** Beside an exact key, a wider index of which another column is lax cannot be violated. */
    @Test
    void laxColumnThatIsNotOfTheKey_isNoMatter(TestDatabase db) throws Exception {
        db.execute("CREATE EXTENSION citext");
        SchemaRecord text = keyed("text", true);
        String exact = "name text PRIMARY KEY, email citext";
        assertEquals(List.of(), problemsOfKey(db, text, exact + ", UNIQUE (name, email)"));
        List<String> all = problemsOfKey(db, text, exact + ", UNIQUE (email)");
        assertEquals(1, all.size(), all.toString());
        assertTrue(all.get(0).contains("'t_email_key' on [email]: partitions"), all.toString());
    }

    /** It would be violated by rows whose keys are different. */
    @Test
    void furtherIndexThatIsLaxInTheKey_isRefused(TestDatabase db) throws Exception {
        db.execute("CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        List<String> all = problems(
                db,
                keyed("text", true),
                Map.of(),
                "CREATE TABLE t (name text PRIMARY KEY, email text)",
                "CREATE UNIQUE INDEX wide ON t (email, name COLLATE lax)");
        assertEquals(1, all.size(), all.toString());
        assertTrue(all.get(0).contains("'wide'") && all.get(0).contains("give [name] a type"), all.toString());
    }

    @Test
    void viewAndPartitionedTable_areRefused(TestDatabase db) throws Exception {
        List<String> all =
                problems(db, Map.of("id", "id"), "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id)");
        assertFalse(all.isEmpty());
        assertTrue(all.get(0).contains("not an ordinary table"), all.toString());
    }
}
