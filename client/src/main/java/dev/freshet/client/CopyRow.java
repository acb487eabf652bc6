package dev.freshet.client;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.CopyTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A row of {@link CopyTables#FRESHNESS}: a replica and one of its sources. */
record CopyRow(
        boolean complete,
        @Nullable String reason,
        @Nullable Instant completeTo,
        @Nullable Duration age,
        @Nullable Long changesBehind,
        CopyState state) {
    private static final String QUERY =
            "SELECT source, complete, reason, complete_to, freshness_millis, changes_behind,"
                    + " epoch, position, system, timeline, switches, failed_lsn, failed_reason FROM "
                    + CopyTables.FRESHNESS
                    + " WHERE replica = ? ORDER BY source";

    private static final String NAMES = "SELECT DISTINCT replica FROM " + CopyTables.FRESHNESS;

    private static final String NO_TABLE = "42P01";
    private static final String NO_SCHEMA = "3F000";

    /** Returns the replica's rows, at least one. */
    static List<CopyRow> read(Connection connection, String replica) {
        List<CopyRow> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, replica);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.add(of(row));
                }
            }
            if (rows.isEmpty()) {
                throw new ConfigurationException(
                        "No replica '" + replica + "' has reported in this database; those that" + " have: "
                                + names(connection) + ". Correct the name, or start the replica");
            }
            return rows;
        } catch (SQLException e) {
            if (NO_TABLE.equals(e.getSQLState()) || NO_SCHEMA.equals(e.getSQLState())) {
                throw new ConfigurationException(
                        "This database has no " + CopyTables.FRESHNESS
                                + ": no replica has ever run here. Connect to the"
                                + " database that holds the copy, or start the replica '" + replica + "'",
                        e);
            }
            throw SqlFaults.translate("reading " + CopyTables.FRESHNESS, e);
        }
    }

    private static TreeSet<String> names(Connection connection) throws SQLException {
        TreeSet<String> names = new TreeSet<>();
        try (PreparedStatement query = connection.prepareStatement(NAMES);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    private static CopyRow of(ResultSet row) throws SQLException {
        OffsetDateTime completeTo = row.getObject("complete_to", OffsetDateTime.class);
        long millis = row.getLong("freshness_millis");
        Duration age = row.wasNull() ? null : Duration.ofMillis(Math.max(0, millis));
        return new CopyRow(
                row.getBoolean("complete"),
                row.getString("reason"),
                completeTo == null ? null : completeTo.toInstant(),
                age,
                row.getObject("changes_behind", Long.class),
                state(row));
    }

    private static CopyState state(ResultSet row) throws SQLException {
        String position = row.getString("position");
        long failedLsn = row.getLong("failed_lsn");
        CopyState.Failure failure =
                row.wasNull() ? null : new CopyState.Failure(failedLsn, row.getString("failed_reason"));
        return new CopyState(
                row.getString("source"),
                row.getString("system"),
                row.getLong("timeline"),
                CopyState.parseSwitches(row.getString("switches")),
                row.getInt("epoch"),
                position == null ? null : Position.parse(position),
                failure);
    }
}
