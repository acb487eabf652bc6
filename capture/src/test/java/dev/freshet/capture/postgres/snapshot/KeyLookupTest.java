package dev.freshet.capture.postgres.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys as records have them are found in the table, whatever their types; keys of another spelling or type are not. */
class KeyLookupTest {
    private TestDatabase database;
    private SnapshotFixture fixture;

    @BeforeEach
    void createDatabase() {
        database = TestServers.shared().newDatabase();
        fixture = new SnapshotFixture(database.server(), database.name(), SnapshotFixture.SMALL);
    }

    @AfterEach
    void dropDatabase() {
        fixture.close();
        database.close();
    }

    /** Of each type that can be a key, two values; a key that were not found would get a tombstone. */
    @Test
    void keysOfEveryType_areFound() throws SQLException {
        database.execute(
                "CREATE TYPE mood AS ENUM ('a b', 'it''s')",
                "CREATE DOMAIN small AS int CHECK (value < 100)",
                "CREATE DOMAIN smalls AS small[]",
                "CREATE DOMAIN spirit AS mood",
                "CREATE DOMAIN soul AS spirit",
                "CREATE DOMAIN ints AS int[]",
                "CREATE SCHEMA ext",
                "CREATE EXTENSION ltree SCHEMA ext",
                "CREATE DOMAIN path AS ext.ltree");
        Map<String, String> types = Map.ofEntries(
                Map.entry("int2", "-7, 32767"),
                Map.entry("int4", "0, -2147483648"),
                Map.entry("int8", "1, 9223372036854775807"),
                Map.entry("oid", "1, 4294967295"),
                Map.entry("xid8", "'1', '18446744073709551615'"),
                Map.entry("numeric", "1.50, 'NaN', 'Infinity', 12345678901234567890.5, 100"),
                Map.entry("numeric(9,2)", "1.50, -3"),
                Map.entry("bool", "true, false"),
                Map.entry("text", "'', E'tab\\t \"q\" \\\\ \u00e9', 'NULL'"),
                Map.entry("varchar(9)", "'x', ' y '"),
                Map.entry("char(5)", "'ab', ''"),
                Map.entry("name", "'n', 'N'"),
                Map.entry("\"char\"", "'c', 'd'"),
                Map.entry("uuid", "'00000000-0000-0000-0000-000000000001', 'ffffffff-0000-0000-0000-000000000001'"),
                Map.entry("bytea", "'\\x00ff', ''"),
                Map.entry("date", "'2026-01-02', '0044-03-15 BC', '0001-01-01 BC', '12345-01-01', 'infinity'"),
                Map.entry("time", "'01:02:03.5', '24:00'"),
                Map.entry("timetz", "'01:02:03+02', '01:02:03-03:30'"),
                Map.entry("timestamp", "'2026-01-02 03:04:05.6', '0044-03-15 01:02:03 BC', '-infinity'"),
                Map.entry(
                        "timestamptz", "'2026-01-02 03:04:05+02', '0044-03-15 01:02:03+00 BC', '20000-01-01 00:00+00'"),
                Map.entry("inet", "'10.0.0.1', '10.0.0.1/8'"),
                Map.entry("cidr", "'10.0.0.0/8', '::/0'"),
                Map.entry("macaddr", "'08:00:2b:01:02:03', '08:00:2b:01:02:04'"),
                Map.entry("macaddr8", "'08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:06'"),
                Map.entry("bit(3)", "'101', '000'"),
                Map.entry("\"bit\"", "'101', '1'"),
                Map.entry("\"bit\"[]", "ARRAY['101'::\"bit\"], '{}'"),
                Map.entry("varbit", "'1', '10'"),
                Map.entry("money", "1234.5, -0.01"),
                Map.entry("pg_lsn", "'0/1', 'FF/10'"),
                Map.entry("public.mood", "'a b', 'it''s'"),
                Map.entry("public.mood[]", "'{\"a b\",it''s}', '{}'"),
                Map.entry("public.small", "1, 99"),
                Map.entry("public.small[]", "'{1,99}', '{}'"),
                Map.entry("public.smalls", "'{1,99}', '{}'"),
                Map.entry("public.ints", "'{1,199}', '{}'"),
                Map.entry("public.spirit", "'a b', 'it''s'"),
                Map.entry("public.soul", "'a b', 'it''s'"),
                Map.entry("public.spirit[]", "'{\"a b\",it''s}', '{}'"),
                Map.entry("public.path", "'a.b', 'a'"),
                Map.entry("ext.ltree", "'a.b', 'a'"),
                Map.entry("text[]", "'{}', '{a,\"b c\",NULL,\"x\\\"y\"}', '{{a},{b}}', '[0:1]={a,b}'"),
                Map.entry("int[]", "'{1,2}', '{}'"),
                Map.entry("bytea[]", "ARRAY['\\x00'::bytea], ARRAY[]::bytea[]"),
                Map.entry("timestamptz[]", "ARRAY['0044-03-15 01:02:03+00 BC'::timestamptz], '{}'"),
                Map.entry("bool[]", "'{t,f}', '{}'"));
        int n = 0;
        for (Map.Entry<String, String> type : types.entrySet()) {
            String table = "t" + n++;
            database.execute("CREATE TABLE " + table + " (k " + type.getKey() + " PRIMARY KEY, v int)");
            for (String value : type.getValue().split(", (?=[^ ])")) {
                database.execute("INSERT INTO " + table + " VALUES (" + value + ")");
            }
            List<String> keys = SnapshotFixture.keys(fixture.windows(table, ""));
            assertTrue(keys.size() > 1, type.getKey());
            assertEquals(new TreeSet<>(keys), fixture.lookup(table, keys), type.getKey());
            database.execute("DELETE FROM " + table);
            assertEquals(Set.of(), fixture.lookup(table, keys), type.getKey());
        }
    }

    @Test
    void keysOfSeveralColumns_areFoundInPartitions_andOfNoInheritanceChild() throws SQLException {
        database.execute(
                "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b)) PARTITION BY LIST (a)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
                "INSERT INTO p VALUES (1, 'x'), (2, 'y')",
                "CREATE TABLE parent (a int PRIMARY KEY)",
                "CREATE TABLE child (PRIMARY KEY (a)) INHERITS (parent)",
                "INSERT INTO child VALUES (1)");
        assertEquals(
                Set.of("{\"a\":1,\"b\":\"x\"}", "{\"a\":2,\"b\":\"y\"}"),
                fixture.lookup(
                        "p",
                        List.of(
                                "{\"a\":1,\"b\":\"x\"}",
                                "{\"a\":2,\"b\":\"x\"}",
                                "{\"a\":2,\"b\":\"y\"}",
                                "{\"a\":3,\"b\":\"z\"}")));
        assertEquals(Set.of(), fixture.lookup("parent", List.of("{\"a\":1}")));
    }

    @Test
    void keysOfAnotherTypeOrSpelling_haveVanished_andSpoilNoOthers() throws SQLException {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 50)");
        List<String> keys = new ArrayList<>();
        Set<String> present = new TreeSet<>();
        for (int i = 1; i <= 60; i++) {
            keys.add("{\"id\":" + i + "}");
            if (i <= 50) {
                present.add("{\"id\":" + i + "}");
            }
            if (i % 7 == 0) {
                keys.add("{\"id\":\"" + i + "\"}");
                keys.add("{\"id\":\"no number " + i + "\"}");
            }
        }
        keys.addAll(
                List.of("{\"other\":1}", "{\"id\":1,\"b\":2}", "{\"id\":99999999999}", "{\"id\":1.0}", "{}", "[1]"));
        assertEquals(present, fixture.lookup("t", keys));
    }

    @Test
    void typeThatWasMovedOrRenamedSinceItWasLearnt_isLearntAnew() throws SQLException {
        database.execute(
                "CREATE SCHEMA ext",
                "CREATE EXTENSION ltree",
                "CREATE TYPE mood AS ENUM ('glad')",
                "CREATE TABLE t (a ltree, b mood, PRIMARY KEY (a, b))",
                "INSERT INTO t VALUES ('x', 'glad')");
        List<String> keys = List.of("{\"a\":\"x\",\"b\":\"glad\"}", "{\"a\":\"y\",\"b\":\"glad\"}");
        assertEquals(Set.of(keys.get(0)), fixture.lookup("t", keys));
        database.execute("ALTER EXTENSION ltree SET SCHEMA ext", "ALTER TYPE mood RENAME TO spirit");
        assertEquals(Set.of(keys.get(0)), fixture.lookup("t", keys));
    }

    @Test
    void lookups_goOnWithOneSession() throws SQLException {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        fixture.lookup("t", List.of("{\"id\":1}"));
        int opened = fixture.opened();
        for (int i = 0; i < 5; i++) {
            assertEquals(Set.of("{\"id\":1}"), fixture.lookup("t", List.of("{\"id\":1}", "{\"id\":2}")));
        }
        assertEquals(opened, fixture.opened());
    }

    @Test
    void errorThatStays_isNotTriedAgain_butAMissingRightIs() {
        assertThrows(ConfigurationException.class, () -> {
            throw SqlErrors.ofTable("It failed", new SQLException("operator does not exist", "42883"));
        });
        for (String passing : List.of("42501", "42P01", "55P03", "08006", "57014")) {
            assertThrows(RetriableException.class, () -> {
                throw SqlErrors.ofTable("It failed", new SQLException("refused", passing));
            });
        }
    }
}
