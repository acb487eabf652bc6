package dev.freshet.capture.mariadb;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.internal.OutboxRow;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.model.event.EventIds;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows that are sent, some thousand in a transaction. Belongs to one thread.
 *
 * <p>Implementation note. It goes over the rows once, by their seq, and remembers of each piece in which some are to be kept when it
 * is to be looked at again: so rows that stay for long hide none behind them, and an index from which an old transaction keeps
 * deleted rows from being purged is not gone through from its beginning each time. What it remembers is of one session, as the
 * database may be another one afterwards, and of a place that only goes on: if it goes back, everything is sent again.
 */
final class OutboxRows implements PolledDatabase.Clearing {
    private static final int ROWS_A_PIECE = 2_000;

    /** How many pieces are looked at in one call; the others have their turn in the next one. */
    private static final int MOST_PIECES = 1_000;

    private static final String RANGE = " WHERE seq > ? AND seq <= ?";

    private final String edge;
    private final String delete;
    private final String left;
    private final boolean binaryIds;
    private final PriorityQueue<Piece> kept = new PriorityQueue<>(Comparator.comparing(Piece::due));
    private long seen;
    private long sent;

    /**
     * Rows of which some are to be kept.
     *
     * @param after the seq before the first one's
     * @param to the last one's seq
     * @param due when it is looked at again
     */
    private record Piece(long after, long to, Instant due) {}

    /** What holds for one call. */
    private record Call(Connection connection, Instant now, Duration keep, Duration pause) {}

    /**
     * Creates it; nothing is asked yet.
     *
     * @param binaryIds whether ids are bytes, and not UUIDs
     */
    OutboxRows(String table, boolean binaryIds) {
        String id = binaryIds ? "id" : "cast(id AS char(36))";
        this.binaryIds = binaryIds;
        this.edge = "SELECT max(seq) FROM (SELECT seq FROM " + table + " FORCE INDEX (seq)" + RANGE
                + " ORDER BY seq LIMIT " + ROWS_A_PIECE + ") s";
        this.delete = "DELETE FROM " + table + RANGE + " AND " + id + " < ?";
        this.left = "SELECT min(" + id + ") FROM " + table + " FORCE INDEX (seq)" + RANGE;
    }

    @Override
    public int clear(Connection connection, OutboxSnapshot snapshot, long sentSeq, OutboxRetention retention)
            throws SQLException {
        Duration keep = retention.keep().orElse(null);
        if (keep == null) {
            return 0;
        }
        if (sentSeq < sent) {
            seen = 0;
            kept.clear();
        }
        sent = sentSeq;
        Call call = new Call(connection, now(connection), keep, retention.partition());
        int deleted = 0;
        for (int i = 0; i < MOST_PIECES; i++) {
            Piece piece = next(call);
            if (piece == null) {
                break;
            }
            deleted += clear(call, piece);
        }
        return deleted;
    }

    private @Nullable Piece next(Call call) throws SQLException {
        Piece first = kept.peek();
        if (first != null && !first.due().isAfter(call.now())) {
            return kept.remove();
        }
        long to = seen < sent ? edge(call.connection()) : 0;
        Piece fresh = to == 0 ? null : new Piece(seen, to, call.now());
        seen = to == 0 ? sent : to;
        return fresh;
    }

    private int clear(Call call, Piece piece) throws SQLException {
        Instant until = call.now().minus(call.keep());
        int deleted = delete(call.connection(), piece, until.isAfter(Instant.EPOCH) ? until : Instant.EPOCH);
        Instant left = left(call, piece);
        if (left != null) {
            Instant over = left.plus(call.keep());
            Instant earliest = call.now().plus(call.pause());
            kept.add(new Piece(piece.after(), piece.to(), over.isAfter(earliest) ? over : earliest));
        }
        return deleted;
    }

    private static Instant now(Connection c) throws SQLException {
        try (Statement statement = c.createStatement();
                ResultSet row = statement.executeQuery("SELECT cast(unix_timestamp(now(3)) * 1000 AS signed)")) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
        }
    }

    private long edge(Connection c) throws SQLException {
        try (PreparedStatement statement = of(c, edge, seen, sent);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Returns the earliest time of a piece's rows, or now if none tells it; null if there are none. */
    private @Nullable Instant left(Call call, Piece piece) throws SQLException {
        try (PreparedStatement statement = of(call.connection(), left, piece.after(), piece.to());
                ResultSet row = statement.executeQuery()) {
            row.next();
            Object first = row.getObject(1);
            if (first == null) {
                return null;
            }
            UUID id = OutboxRow.id(first);
            return EventIds.timeOr(id, call.now());
        }
    }

    private int delete(Connection c, Piece piece, Instant until) throws SQLException {
        UUID least = EventIds.least(until);
        try (PreparedStatement statement = of(c, delete, piece.after(), piece.to())) {
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

    private static PreparedStatement of(Connection c, String sql, long after, long to) throws SQLException {
        PreparedStatement statement = c.prepareStatement(sql);
        statement.setLong(1, after);
        statement.setLong(2, to);
        return statement;
    }
}
