package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.postgres.value.Connections;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The small statements of a snapshot, each a transaction of its own, on one connection that is opened anew after an error.
 * Belongs to one thread.
 */
final class ControlSession implements AutoCloseable {
    private static final int XIDS_A_QUERY = 10_000;
    /** A watermark must be in the log at once, but no stand-by need have it. */
    private static final String COMMIT_LOCALLY = "SET synchronous_commit = 'local'";

    private static final String INVISIBLE = "SELECT x FROM unnest(?::text[]) AS u(x)"
            + " WHERE NOT pg_visible_in_snapshot(x::xid8, pg_current_snapshot())";
    /**
     * Where the statistics know the density of a table's pages, that times the pages it has now; else, as the planner does,
     * by the columns' likely width.
     */
    private static final String ESTIMATE = "SELECT sum(CASE"
            + " WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples / c.relpages * s.pages"
            + " ELSE s.pages * (s.block - 24) / (28 + (SELECT coalesce(sum("
            + "CASE WHEN t.typlen > 0 THEN t.typlen ELSE 32 END), 0) FROM pg_attribute a"
            + " JOIN pg_type t ON t.oid = a.atttypid"
            + " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) END)::bigint"
            + " FROM pg_class c, LATERAL (SELECT pg_relation_size(c.oid) / current_setting('block_size')::bigint AS pages,"
            + " current_setting('block_size')::bigint AS block) s WHERE c.oid = ANY (?::bigint[]::oid[])";

    private final Connections connections;
    private @Nullable Connection open;

    ControlSession(Connections connections) {
        this.connections = connections;
    }

    long allotTransactionId() {
        return run("A transaction id could not be allotted", c -> {
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                row.next();
                return Long.parseUnsignedLong(row.getString(1));
            }
        });
    }

    boolean allEndedBelow(long xid) {
        return run("The server could not be asked which transactions have ended", c -> {
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")) {
                row.next();
                return Long.parseUnsignedLong(row.getString(1)) > xid;
            }
        });
    }

    Set<Long> invisible(Collection<Long> xids) {
        return run("The server could not be asked which transactions are visible", c -> {
            List<Long> all = new ArrayList<>(xids);
            Set<Long> invisible = new HashSet<>();
            for (int i = 0; i < all.size(); i += XIDS_A_QUERY) {
                addInvisible(c, all.subList(i, Math.min(all.size(), i + XIDS_A_QUERY)), invisible);
            }
            return invisible;
        });
    }

    private static void addInvisible(Connection c, List<Long> xids, Set<Long> invisible) throws SQLException {
        String[] texts = xids.stream().map(Long::toUnsignedString).toArray(String[]::new);
        try (PreparedStatement statement = c.prepareStatement(INVISIBLE)) {
            Array array = c.createArrayOf("text", texts);
            statement.setArray(1, array);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    invisible.add(Long.parseUnsignedLong(row.getString(1)));
                }
            }
        }
    }

    void mark(String prefix, String text) {
        run("The watermark could not be written into the log", c -> {
            try (PreparedStatement statement = c.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?::text)")) {
                statement.setString(1, prefix);
                statement.setString(2, text);
                statement.execute();
            }
            return true;
        });
    }

    /** Returns roughly how many rows the leaves hold. */
    long estimateRows(Collection<Long> leaves) {
        return run("The number of rows could not be estimated", c -> {
            try (PreparedStatement statement = c.prepareStatement(ESTIMATE)) {
                statement.setArray(1, c.createArrayOf("bigint", leaves.toArray()));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    /** Runs a piece of work on the connection; after an error the connection is given up. */
    <T> T run(String what, Work<T> work) {
        try {
            Connection connection = open;
            if (connection == null) {
                connection = connections.open();
                open = connection;
                try (Statement statement = connection.createStatement()) {
                    statement.execute(COMMIT_LOCALLY);
                }
            }
            return work.on(connection);
        } catch (SQLException e) {
            close();
            throw SqlErrors.of(what, e);
        }
    }

    @Override
    public void close() {
        Sessions.close(open);
        open = null;
    }

    /** What is to be done on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }
}
