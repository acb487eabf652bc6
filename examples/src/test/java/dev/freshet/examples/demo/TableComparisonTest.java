package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnServers
class TableComparisonTest {
    private static final CopiedTable TABLE = new CopiedTable(
            "t", "t", "c", List.of("a", "b"), new java.util.TreeMap<>(Map.of("a", "x", "b", "y", "v", "w")));

    private static TableDifference compare(TestDatabase left, TestDatabase right) throws SQLException {
        try (Connection l = left.connect();
                Connection r = right.connect()) {
            return TableComparison.compare(l, r, TABLE);
        }
    }

    private static void fill(TestDatabase left, TestDatabase right) throws SQLException {
        left.execute(
                "CREATE TABLE t (a bigint, b int, v text, unseen int, PRIMARY KEY (a, b))",
                "INSERT INTO t SELECT i / 10, i % 10, CASE WHEN i % 7 = 0 THEN NULL ELSE 'v' || i END, i FROM"
                        + " generate_series(1, 12000) i");
        right.execute(
                "CREATE TABLE c (x bigint, y int, w text, PRIMARY KEY (x, y))",
                "INSERT INTO c SELECT i / 10, i % 10, CASE WHEN i % 7 = 0 THEN NULL ELSE 'v' || i END FROM"
                        + " generate_series(1, 12000) i");
    }

    @Test
    void equalTables_haveNoDifference(TestDatabase left, TestDatabase right) throws SQLException {
        fill(left, right);
        assertEquals(new TableDifference("t", 12000, 12000, 0, 0, 0, List.of()), compare(left, right));
    }

    @Test
    void everyKindOfDifference_isCountedAndShown(TestDatabase left, TestDatabase right) throws SQLException {
        fill(left, right);
        right.execute(
                "DELETE FROM c WHERE x = 0 AND y = 1",
                "DELETE FROM c WHERE x = 1200",
                "INSERT INTO c VALUES (77, 77, 'more')",
                "UPDATE c SET w = NULL WHERE x = 5 AND y = 5");
        assertEquals(
                new TableDifference(
                        "t",
                        12000,
                        11999,
                        2,
                        1,
                        1,
                        List.of("missing [0, 1]", "different [5, 5]", "extra [77, 77]", "missing [1200, 0]")),
                compare(left, right));
    }
}
