package dev.freshet.examples.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table and its copy row by row: both are read by ascending key through cursors and merged, so that memory does
 * not grow with the tables. Sees each in one snapshot.
 */
public final class TableComparison {
    private static final int FETCH_ROWS = 5_000;
    private static final int EXAMPLES = 5;

    private TableComparison() {}

    /**
     * Compares.
     *
     * @param source a connection to the source of its own
     * @param copy a connection to the copy of its own
     * @param table what is compared
     */
    public static TableDifference compare(Connection source, Connection copy, CopiedTable table) throws SQLException {
        try (Rows left = Rows.open(source, table.sourceQuery(""), table.key().size());
                Rows right = Rows.open(copy, table.copyQuery(""), table.key().size())) {
            return merge(table.stream(), left, right);
        }
    }

    private static TableDifference merge(String stream, Rows left, Rows right) throws SQLException {
        long missing = 0;
        long extra = 0;
        long different = 0;
        List<String> examples = new ArrayList<>();
        left.next();
        right.next();
        while (left.key != null || right.key != null) {
            int order = compare(left.key, right.key);
            String what = null;
            if (order < 0) {
                missing++;
                what = "missing " + Arrays.toString(left.key);
            } else if (order > 0) {
                extra++;
                what = "extra " + Arrays.toString(right.key);
            } else if (!left.row.equals(right.row)) {
                different++;
                what = "different " + Arrays.toString(left.key);
            }
            if (what != null && examples.size() < EXAMPLES) {
                examples.add(what);
            }
            if (order <= 0) {
                left.next();
            }
            if (order >= 0) {
                right.next();
            }
        }
        return new TableDifference(stream, left.count, right.count, missing, extra, different, examples);
    }

    private static int compare(long @Nullable [] a, long @Nullable [] b) {
        if (a == null || b == null) {
            return a == null ? 1 : -1;
        }
        return Arrays.compare(a, b);
    }

    /** A cursor over the rows of one side; the key is null after the last. */
    private static final class Rows implements AutoCloseable {
        private final Connection connection;
        private final Statement statement;
        private final ResultSet rows;
        private final int keys;
        private long @Nullable [] key;
        private String row = "";
        private long count;

        private Rows(Connection connection, Statement statement, ResultSet rows, int keys) {
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
            this.keys = keys;
        }

        static Rows open(Connection connection, String sql, int keys) throws SQLException {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Statement statement = connection.createStatement();
            statement.setFetchSize(FETCH_ROWS);
            return new Rows(connection, statement, statement.executeQuery(sql), keys);
        }

        void next() throws SQLException {
            if (!rows.next()) {
                key = null;
                return;
            }
            long[] next = new long[keys];
            for (int i = 0; i < keys; i++) {
                next[i] = rows.getLong(i + 1);
            }
            key = next;
            row = rows.getString(keys + 1);
            count++;
        }

        @Override
        public void close() throws SQLException {
            rows.close();
            statement.close();
            connection.rollback();
        }
    }
}
