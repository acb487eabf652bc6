package dev.freshet.capture.postgres.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.value.SessionSettings;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.ledger.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TableShapesTest {
    private static TestDatabase database;

    @BeforeAll
    static void createDatabase() {
        database = TestServers.shared().newDatabase();
    }

    @AfterAll
    static void dropDatabase() {
        database.close();
    }

    @Test
    void columns_standInTheTablesOrderWithTheirTypes() throws SQLException {
        database.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'ok')",
                "CREATE DOMAIN price AS numeric(15,2) CHECK (value > 0)",
                "CREATE TABLE goods (gone int, id bigint PRIMARY KEY, name varchar(40) NOT NULL, cost price,"
                        + " tags text[], feels mood, moods mood[], twice numeric GENERATED ALWAYS AS (cost * 2) STORED,"
                        + " thrice numeric GENERATED ALWAYS AS (id * 3) VIRTUAL)",
                "ALTER TABLE goods DROP COLUMN gone");
        TableShape shape = shape(new TableCapture("goods", "public.goods", List.of(), List.of()));
        assertEquals(
                List.of(
                        new Column("id", "bigint", false, true),
                        new Column("name", "character varying(40)", false, true),
                        new Column("cost", "numeric(15,2)", true, true),
                        new Column("tags", "text[]", true, true),
                        new Column("feels", "public.mood", true, false),
                        new Column("moods", "public.mood[]", true, false),
                        new Column("twice", "numeric", true, true)),
                shape.schemaRecord().columns());
        assertEquals(List.of("id"), shape.schemaRecord().key());
        assertEquals("\"public\".\"goods\"", shape.qualifiedName());
    }

    @Test
    void chosenColumns_keepTheTablesOrder() throws SQLException {
        database.execute("CREATE TABLE pairs (a int, b int, c int, d int, PRIMARY KEY (d, b))");
        TableShape shape = shape(new TableCapture("pairs", "public.pairs", List.of("d", "b", "a"), List.of()));
        assertEquals(
                List.of("a", "b", "d"),
                shape.columns().stream().map(ShapeColumn::name).toList());
        assertEquals(List.of("d", "b"), shape.schemaRecord().key());
    }

    @Test
    void namedKey_needsItsIndexAsReplicaIdentity() throws SQLException {
        database.execute(
                "CREATE TABLE named (code text NOT NULL, n int)", "CREATE UNIQUE INDEX named_code ON named (code)");
        TableCapture capture = new TableCapture("named", "public.named", List.of(), List.of("code"));
        assertProblem(capture, "replica identity of public.named", "REPLICA IDENTITY USING INDEX");
        database.execute("ALTER TABLE named REPLICA IDENTITY USING INDEX named_code");
        assertEquals(List.of("code"), shape(capture).schemaRecord().key());
        database.execute("ALTER TABLE named REPLICA IDENTITY FULL");
        assertEquals(List.of("code"), shape(capture).schemaRecord().key());
    }

    @Test
    void tablesThatCannotBeCaptured_areRefusedWithTheWayOut() throws SQLException {
        database.execute(
                "CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE TABLE keyless (a int)",
                "CREATE TABLE lazy (a int PRIMARY KEY DEFERRABLE)",
                "CREATE UNLOGGED TABLE fleeting (a int PRIMARY KEY)",
                "CREATE TABLE fuzzy (a float8 PRIMARY KEY)",
                "CREATE TABLE collated (a text COLLATE anycase PRIMARY KEY)",
                "CREATE TABLE silent (a int PRIMARY KEY)",
                "ALTER TABLE silent REPLICA IDENTITY NOTHING",
                "CREATE TABLE narrow (a int PRIMARY KEY, b int)",
                "CREATE VIEW seen AS SELECT * FROM narrow");
        assertProblem(all("keyless"), "no primary key", "'key'");
        assertProblem(all("lazy"), "not deferrable");
        assertProblem(all("fleeting"), "unlogged", "SET LOGGED");
        assertProblem(all("fuzzy"), "column 'a'", "double precision");
        assertProblem(all("collated"), "column 'a'", "collation");
        assertProblem(all("silent"), "replica identity", "REPLICA IDENTITY DEFAULT");
        assertProblem(all("nowhere"), "no such table");
        assertProblem(all("seen"), "no table");
        assertProblem(new TableCapture("s", "not a name", List.of(), List.of()), "no such table");
        assertProblem(new TableCapture("s", "public.narrow", List.of("b"), List.of()), "column 'a'", "not captured");
        assertProblem(new TableCapture("s", "public.narrow", List.of("a", "z"), List.of()), "no column 'z'");
        assertProblem(new TableCapture("s", "public.narrow", List.of(), List.of("b")), "unique index");
    }

    @Test
    void partitionedTable_hasTheLeavesOfItsTree() throws SQLException {
        database.execute(
                "CREATE TABLE parted (a int PRIMARY KEY, b text) PARTITION BY RANGE (a)",
                "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a)",
                "CREATE TABLE parted_high_1 PARTITION OF parted_high FOR VALUES FROM (10) TO (15)",
                "CREATE TABLE plain (a int PRIMARY KEY)");
        TableShape shape = shape(all("parted"));
        assertTrue(shape.partitioned());
        try (Connection connection = connect()) {
            assertEquals(
                    List.of("parted_low", "parted_high_1"),
                    TableShapes.leaves(connection, shape.oid()).stream()
                            .map(Leaf::table)
                            .toList());
            assertEquals(
                    List.of("plain"),
                    TableShapes.leaves(connection, shape(all("plain")).oid()).stream()
                            .map(Leaf::table)
                            .toList());
        }
        database.execute("ALTER TABLE parted_high_1 REPLICA IDENTITY NOTHING");
        assertProblem(all("parted"), "public.parted_high_1");
    }

    private static TableCapture all(String table) {
        return new TableCapture(table, "public." + table, List.of(), List.of());
    }

    private static void assertProblem(TableCapture capture, String... parts) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (Connection connection = connect()) {
            assertTrue(TableShapes.find(connection, types(), capture, problems).isEmpty());
        }
        String text = String.join("\n", problems);
        assertTrue(text.contains("Stream '" + capture.stream() + "'"), text);
        for (String part : parts) {
            assertTrue(text.contains(part), "'" + part + "' is not in: " + text);
        }
    }

    private static TableShape shape(TableCapture capture) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (Connection connection = connect()) {
            return TableShapes.find(connection, types(), capture, problems)
                    .orElseThrow(() -> new AssertionError(problems));
        }
    }

    private static TypeCatalog types() {
        return new TypeCatalog(TableShapesTest::connect);
    }

    private static Connection connect() throws SQLException {
        Connection connection = database.connect();
        SessionSettings.pin(connection);
        return connection;
    }
}
