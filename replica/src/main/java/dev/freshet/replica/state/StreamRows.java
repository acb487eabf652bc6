package dev.freshet.replica.state;

import dev.freshet.replica.StreamTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stream rows of one replica, within the caller's transactions. */
public final class StreamRows {
    private static final String COLUMNS = "stream, topic, topic_id, fill, refill, at_end, rows_filled";

    private final String replica;

    /** Creates the rows' keeper of a replica. */
    public StreamRows(String replica) {
        this.replica = replica;
    }

    /**
     * Adds the rows of streams; one that speaks of another topic or table begins again. Either takes {@code complete} from
     * the copy, after all rows are there, since whoever holds the freshness rows waits for no others. A row that is as it
     * should be is not locked: a filler may hold it for long.
     */
    public void ensure(Connection db, Collection<StreamTarget> targets) throws SQLException {
        List<String> begun = new ArrayList<>();
        for (StreamTarget target : targets) {
            if (!isAsItShouldBe(db, target)) {
                begin(db, target);
                begun.add("the table " + target.table() + " of stream '" + target.stream() + "' is to be filled");
            }
        }
        if (!begun.isEmpty()) {
            withdraw(db, String.join("; ", begun), true);
        }
    }

    private boolean isAsItShouldBe(Connection db, StreamTarget target) throws SQLException {
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

    private void begin(Connection db, StreamTarget target) throws SQLException {
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

    /** Returns the rows. */
    public List<StreamRow> read(Connection db) throws SQLException {
        List<StreamRow> rows = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(
                "SELECT " + COLUMNS + " FROM freshet.replica_stream WHERE replica = ? ORDER BY stream")) {
            s.setString(1, replica);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    rows.add(row(r));
                }
            }
        }
        return rows;
    }

    /**
     * Locks a stream's row for the one filler until the transaction's end.
     *
     * @return the row, or null if another instance holds it
     */
    public @Nullable StreamRow lock(Connection db, String stream) throws SQLException {
        try (PreparedStatement s = db.prepareStatement("SELECT " + COLUMNS
                + " FROM freshet.replica_stream WHERE replica = ? AND stream = ? FOR UPDATE SKIP LOCKED")) {
            s.setString(1, replica);
            s.setString(2, stream);
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? row(r) : null;
            }
        }
    }

    private static StreamRow row(ResultSet r) throws SQLException {
        OffsetDateTime atEnd = r.getObject(6, OffsetDateTime.class);
        return new StreamRow(
                r.getString(1),
                r.getString(2),
                r.getString(3),
                r.getLong(4),
                r.getString(5),
                atEnd == null ? null : atEnd.toInstant(),
                r.getLong(7));
    }

    /**
     * Has a stream's table filled anew. From then on nobody can take a partition over; {@link #fence} keeps out who owns
     * one. A row that is locked is left alone: it never waits.
     *
     * @param fill the fill that is at fault; a newer one is left alone
     * @param reason why, in a sentence
     * @return whether it was noted
     */
    public boolean refill(Connection db, String stream, long fill, String reason) throws SQLException {
        try (PreparedStatement s = db.prepareStatement("UPDATE freshet.replica_stream SET refill = ?"
                + " WHERE (replica, stream) IN (SELECT replica, stream FROM freshet.replica_stream WHERE replica = ?"
                + " AND stream = ? AND fill = ? AND refill IS NULL FOR UPDATE SKIP LOCKED)")) {
            s.setString(1, reason);
            s.setString(2, replica);
            s.setString(3, stream);
            s.setLong(4, fill);
            return s.executeUpdate() == 1;
        }
    }

    /**
     * Has whoever owns a partition of the stream find at its next commit that it does not any more. It waits for those who
     * are committing, so that the caller must not hold the lock of the freshness rows.
     */
    public void fence(Connection db, String stream) throws SQLException {
        execute(
                db,
                "UPDATE freshet.replica_position SET generation = generation + 1 WHERE replica = ? AND stream = ?",
                replica,
                stream);
    }

    /** Remembers when the copy was last at the log's end; never an earlier time, and not while it is filled. */
    public void atEnd(Connection db, String stream, long fill, Instant at) throws SQLException {
        try (PreparedStatement s =
                db.prepareStatement("UPDATE freshet.replica_stream SET at_end = ? WHERE (replica, stream)"
                        + " IN (SELECT replica, stream FROM freshet.replica_stream WHERE replica = ? AND stream = ? AND fill = ?"
                        + " AND refill IS NULL AND at_end < ? FOR UPDATE SKIP LOCKED)")) {
            OffsetDateTime time = at.atOffset(ZoneOffset.UTC);
            s.setObject(1, time);
            s.setString(2, replica);
            s.setString(3, stream);
            s.setLong(4, fill);
            s.setObject(5, time);
            s.executeUpdate();
        }
    }

    /**
     * Stores a finished fill: bumps every generation, so that whoever still works on the former one is fenced, and takes
     * {@code complete} from the copy until it has been proven anew.
     *
     * @param row the row as the filler locked it
     * @param topicId the topic's id
     * @param startedAt when the fill began
     * @param rows how many rows it brought
     * @param partitions by number: next offset and last position; generation and fill are set here
     */
    public void filled(
            Connection db, StreamRow row, String topicId, Instant startedAt, long rows, List<Owned> partitions)
            throws SQLException {
        long fill = row.fill() + 1;
        long generation = 1 + lockPositions(db, row.stream());
        execute(db, "DELETE FROM freshet.replica_position WHERE replica = ? AND stream = ?", replica, row.stream());
        try (PreparedStatement s = db.prepareStatement("INSERT INTO freshet.replica_position (replica, stream, fill,"
                + " partition, generation, next_offset, position) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            for (Owned p : partitions) {
                s.setString(1, replica);
                s.setString(2, row.stream());
                s.setLong(3, fill);
                s.setInt(4, p.partition());
                s.setLong(5, generation);
                s.setLong(6, p.nextOffset());
                s.setString(7, p.position().toString());
                s.addBatch();
            }
            s.executeBatch();
        }
        try (PreparedStatement s = db.prepareStatement("UPDATE freshet.replica_stream SET fill = ?, refill = NULL,"
                + " topic_id = ?, at_end = ?, rows_filled = ? WHERE replica = ? AND stream = ?")) {
            s.setLong(1, fill);
            s.setString(2, topicId);
            s.setObject(3, startedAt.atOffset(ZoneOffset.UTC));
            s.setLong(4, rows);
            s.setString(5, replica);
            s.setString(6, row.stream());
            s.executeUpdate();
        }
        withdraw(db, "The copy was filled; its freshness is being found", true);
    }

    /** Waits for whoever is committing, keeps everybody else out until the end, and returns the highest generation. */
    public long lockPositions(Connection db, String stream) throws SQLException {
        long generation = 0;
        try (PreparedStatement s = db.prepareStatement("SELECT generation FROM freshet.replica_position"
                + " WHERE replica = ? AND stream = ? ORDER BY fill, partition FOR UPDATE")) {
            s.setString(1, replica);
            s.setString(2, stream);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    generation = Math.max(generation, r.getLong(1));
                }
            }
        }
        return generation;
    }

    /**
     * Takes {@code complete} from the copy (the protocol's I3), whatever its source. It comes last in its transaction, see
     * {@link FreshnessRows}.
     *
     * @param reason what the row says instead
     * @param anew whether its position goes too
     */
    public void withdraw(Connection db, String reason, boolean anew) throws SQLException {
        FreshnessRows.lock(db, replica);
        execute(
                db,
                "UPDATE freshet.copy_state SET complete = false, reason = ?"
                        + (anew ? ", position = NULL, lsn = NULL, complete_to = NULL" : "") + " WHERE replica = ?",
                reason,
                replica);
    }

    private static void execute(Connection db, String sql, String... parameters) throws SQLException {
        try (PreparedStatement s = db.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                s.setString(i + 1, parameters[i]);
            }
            s.executeUpdate();
        }
    }
}
