package dev.freshet.capture.mariadb;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.model.event.EventIds;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Deletes rows that are sent, some thousand in a transaction, in the order of their seq. */
final class OutboxRows {
    private static final int AT_ONCE = 2_000;

    private final String edge;
    private final String delete;
    private final String time;
    private final boolean binaryIds;

    OutboxRows(String table, boolean binaryIds) {
        this.binaryIds = binaryIds;
        this.edge = "SELECT max(seq) FROM (SELECT seq FROM " + table
                + " FORCE INDEX (seq) WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT " + AT_ONCE + ") s";
        this.delete = "DELETE FROM " + table + " WHERE seq > ? AND seq <= ? AND "
                + (binaryIds ? "id" : "cast(id AS char(36))") + " < ?";
        this.time = "SELECT cast(unix_timestamp(now(3)) * 1000 AS signed)";
    }

    /**
     * Deletes rows that were published longer ago than they are to be kept. Since they were published about in the order of their
     * seq, it ends at the first piece of which all are to be kept.
     *
     * @return how many
     */
    int clear(Connection c, long sentSeq, OutboxRetention retention) throws SQLException {
        Duration keep = retention.keep().orElse(null);
        if (keep == null) {
            return 0;
        }
        UUID least = EventIds.least(now(c).minus(keep));
        int deleted = 0;
        long from = 0;
        while (true) {
            long to = edge(c, from, sentSeq);
            int piece = to == 0 ? 0 : delete(c, from, to, least);
            if (piece == 0) {
                return deleted;
            }
            deleted += piece;
            from = to;
        }
    }

    private Instant now(Connection c) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(time);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
        }
    }

    private long edge(Connection c, long from, long to) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(edge)) {
            statement.setLong(1, from);
            statement.setLong(2, to);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private int delete(Connection c, long from, long to, UUID least) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(delete)) {
            statement.setLong(1, from);
            statement.setLong(2, to);
            if (binaryIds) {
                statement.setBytes(
                        3,
                        ByteBuffer.allocate(2 * Long.BYTES)
                                .putLong(least.getMostSignificantBits())
                                .putLong(least.getLeastSignificantBits())
                                .array());
            } else {
                statement.setString(3, least.toString());
            }
            return statement.executeUpdate();
        }
    }
}
