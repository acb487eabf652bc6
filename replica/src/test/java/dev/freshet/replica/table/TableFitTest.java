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

    /** Rows of different keys would be one row. */
    @Test
    void keyThatTakesDifferentTextsForEqual_isRefused(TestDatabase db) throws Exception {
        SchemaRecord named = new SchemaRecord("s", List.of(new Column("name", "text", false, true)), List.of("name"));
        db.execute(
                "CREATE EXTENSION citext",
                "CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE DOMAIN lax_text AS citext");
        for (String type : List.of("citext", "lax_text", "text COLLATE lax")) {
            List<String> all = problems(
                    db, named, Map.of(), "DROP TABLE IF EXISTS t", "CREATE TABLE t (name " + type + " PRIMARY KEY)");
            assertEquals(1, all.size(), all.toString());
            assertTrue(all.get(0).contains("'t_pkey' on [name] takes different values for equal"), all.toString());
        }
        assertEquals(
                List.of(),
                problems(db, named, Map.of(), "DROP TABLE t", "CREATE TABLE t (name text COLLATE \"C\" PRIMARY KEY)"));
    }

    @Test
    void viewAndPartitionedTable_areRefused(TestDatabase db) throws Exception {
        List<String> all =
                problems(db, Map.of("id", "id"), "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id)");
        assertFalse(all.isEmpty());
        assertTrue(all.get(0).contains("not an ordinary table"), all.toString());
    }
}
