package dev.freshet.replica.postgres;

import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.StreamRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stream rows of one replica in {@link StateTables#STREAMS}. */
public final class PostgresStreamRows implements StreamRows {
    private static final String COLUMNS = "stream, topic, topic_id, fill, refill, at_end, rows_filled";

    /** The parked keys are counted in the same statement: it is asked often, and nearly always there are none. */
    private static final String READ = "SELECT " + COLUMNS + ", (SELECT count(*) FROM " + StateTables.PARKED
            + " p WHERE p.replica = s.replica AND p.stream = s.stream) FROM freshet.replica_stream s"
            + " WHERE replica = ? ORDER BY stream";

    private final Connection db;
    private final String replica;
    private final Calls calls;

    /** Creates the rows of a replica; the connection has no auto-commit. */
    public PostgresStreamRows(Connection db, String replica, Calls calls) {
        this.db = db;
        this.replica = replica;
        this.calls = calls;
    }

    @Override
    public boolean begin(StreamTarget target) {
        return calls.ask(() -> {
            if (isAsItShouldBe(target)) {
                return false;
            }
            add(target);
            return true;
        });
    }

    private boolean isAsItShouldBe(StreamTarget target) throws SQLException {
        try (PreparedStatement s =
                db.prepareStatement("SELECT FROM freshet.replica_stream WHERE replica = ? AND stream = ?"
                        + " AND topic = ? AND target = ?")) {
            s.setString(1, replica);
            s.setString(2, target.stream());
            s.setString(3, target.topic());
            s.setString(4, target.table().toString());
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    private void add(StreamTarget target) throws SQLException {
        try (PreparedStatement s =
                db.prepareStatement("INSERT INTO freshet.replica_stream AS s (replica, stream, topic,"
                        + " topic_id, target, fill) VALUES (?, ?, ?, '', ?, 0) ON CONFLICT (replica, stream) DO UPDATE SET"
                        + " topic = excluded.topic, topic_id = '', target = excluded.target, fill = 0, refill = NULL,"
                        + " at_end = NULL WHERE s.topic <> excluded.topic OR s.target <> excluded.target")) {
            s.setString(1, replica);
            s.setString(2, target.stream());
            s.setString(3, target.topic());
            s.setString(4, target.table().toString());
            s.executeUpdate();
        }
    }

    @Override
    public List<StreamRow> read() {
        return calls.ask(() -> {
            List<StreamRow> rows = new ArrayList<>();
            try (PreparedStatement s = db.prepareStatement(READ)) {
                s.setString(1, replica);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        rows.add(row(r, r.getLong(8)));
                    }
                }
            }
            return rows;
        });
    }

    @Override
    public @Nullable StreamRow lock(String stream) {
        try (PreparedStatement s = db.prepareStatement("SELECT " + COLUMNS
                + " FROM freshet.replica_stream WHERE replica = ? AND stream = ? FOR UPDATE SKIP LOCKED")) {
            s.setString(1, replica);
            s.setString(2, stream);
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? row(r, 0) : null;
            }
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    private static StreamRow row(ResultSet r, long parkedKeys) throws SQLException {
        OffsetDateTime atEnd = r.getObject(6, OffsetDateTime.class);
        return new StreamRow(
                r.getString(1),
                r.getString(2),
                r.getString(3),
                r.getLong(4),
                r.getString(5),
                atEnd == null ? null : atEnd.toInstant(),
                r.getLong(7),
                parkedKeys);
    }

    @Override
    public boolean refill(String stream, long fill, String reason) {
        return calls.ask(() -> {
            try (PreparedStatement s = db.prepareStatement("UPDATE freshet.replica_stream SET refill = ?"
                    + " WHERE (replica, stream) IN (SELECT replica, stream FROM freshet.replica_stream WHERE replica = ?"
                    + " AND stream = ? AND fill = ? AND refill IS NULL FOR UPDATE SKIP LOCKED)")) {
                s.setString(1, reason);
                s.setString(2, replica);
                s.setString(3, stream);
                s.setLong(4, fill);
                return s.executeUpdate() == 1;
            }
        });
    }

    @Override
    public void atEnd(String stream, long fill, Instant at) {
        calls.run(() -> {
            try (PreparedStatement s =
                    db.prepareStatement("UPDATE freshet.replica_stream SET at_end = ? WHERE (replica, stream)"
                            + " IN (SELECT replica, stream FROM freshet.replica_stream WHERE replica = ? AND stream = ?"
                            + " AND fill = ? AND refill IS NULL AND at_end < ? FOR UPDATE SKIP LOCKED)")) {
                OffsetDateTime time = at.atOffset(ZoneOffset.UTC);
                s.setObject(1, time);
                s.setString(2, replica);
                s.setString(3, stream);
                s.setLong(4, fill);
                s.setObject(5, time);
                s.executeUpdate();
            }
        });
    }

    @Override
    public void filled(StreamRow row) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement("UPDATE freshet.replica_stream SET fill = ?, refill = ?,"
                    + " topic_id = ?, at_end = ?, rows_filled = ? WHERE replica = ? AND stream = ?")) {
                s.setLong(1, row.fill());
                s.setString(2, row.refill());
                s.setString(3, row.topicId());
                s.setObject(4, row.atEnd() == null ? null : row.atEnd().atOffset(ZoneOffset.UTC));
                s.setLong(5, row.rowsFilled());
                s.setString(6, replica);
                s.setString(7, row.stream());
                s.executeUpdate();
            }
        });
    }
}
