package dev.freshet.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Compares all rows of the source's tables with their copies, both standing still. */
final class Comparison {
    private static final int EXAMPLES = 20;
    private static final List<String> COMPARED = List.of("item", "stock", "event", LoadTables.CASH, LoadTables.BANK);

    private Comparison() {}

    /**
     * Compares.
     *
     * @param findings gets some of the differences in words
     * @return how many rows source and copies do not share
     */
    static long differences(FaultWorld world, List<String> findings) throws SQLException {
        long differences = 0;
        try (Connection a = world.source();
                Connection b = world.target()) {
            for (String table : COMPARED) {
                String sql = "SELECT r::text FROM (SELECT * FROM " + table + ") r";
                List<String> source = rows(a, sql);
                List<String> copy = rows(b, sql);
                differences += only(table + " only in the source: ", source, copy, findings);
                differences += only(table + " only in the copy: ", copy, source, findings);
                if (source.isEmpty()) {
                    findings.add(table + " is empty: nothing was compared");
                    differences++;
                }
            }
        }
        return differences;
    }

    private static long only(String what, List<String> here, List<String> there, List<String> findings) {
        List<String> rows = new ArrayList<>(here);
        rows.removeAll(new HashSet<>(there));
        rows.stream().limit(Math.max(0, EXAMPLES - findings.size())).forEach(row -> findings.add(what + row));
        return rows.size();
    }

    /** Returns the first column of a query's rows. */
    static List<String> rows(Connection c, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement s = c.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
