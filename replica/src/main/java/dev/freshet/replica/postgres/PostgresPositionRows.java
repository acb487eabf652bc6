package dev.freshet.replica.postgres;

import dev.freshet.model.Position;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.PositionRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The position rows of one replica in {@link StateTables#POSITIONS}. */
public final class PostgresPositionRows implements PositionRows {
    /** The bump takes the row's lock, and what is returned was read under it. */
    private static final String CLAIM = """
            UPDATE freshet.replica_position p SET generation = p.generation + 1
            FROM freshet.replica_stream s
            WHERE s.replica = p.replica AND s.stream = p.stream AND s.fill = p.fill AND s.refill IS NULL
              AND p.replica = ? AND p.stream = ? AND p.partition = ?
            RETURNING p.fill, p.generation, p.next_offset, p.position, p.stopped
            """;

    private static final String ADVANCE = """
            UPDATE freshet.replica_position p SET next_offset = u.next_offset, position = u.position, stopped = u.stopped
            FROM unnest(?::text[], ?::bigint[], ?::integer[], ?::bigint[], ?::bigint[], ?::text[], ?::text[])
              AS u (stream, fill, partition, generation, next_offset, position, stopped)
            WHERE p.replica = ? AND p.stream = u.stream AND p.fill = u.fill AND p.partition = u.partition
              AND p.generation = u.generation
            """;

    private final Connection db;
    private final String replica;
    private final Calls calls;

    /** Creates the rows of a replica; the connection has no auto-commit. */
    public PostgresPositionRows(Connection db, String replica, Calls calls) {
        this.db = db;
        this.replica = replica;
        this.calls = calls;
    }

    @Override
    public @Nullable Owned claim(String stream, int partition) {
        try (PreparedStatement s = db.prepareStatement(CLAIM)) {
            s.setString(1, replica);
            s.setString(2, stream);
            s.setInt(3, partition);
            try (ResultSet r = s.executeQuery()) {
                if (!r.next()) {
                    return null;
                }
                return new Owned(
                        stream,
                        r.getLong(1),
                        partition,
                        r.getLong(2),
                        r.getLong(3),
                        Position.parse(r.getString(4)),
                        r.getString(5));
            }
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public int advance(List<Owned> partitions) {
        int n = partitions.size();
        String[] streams = new String[n];
        Long[] fills = new Long[n];
        Integer[] numbers = new Integer[n];
        Long[] generations = new Long[n];
        Long[] offsets = new Long[n];
        String[] positions = new String[n];
        @Nullable String[] stopped = new @Nullable String[n];
        for (int i = 0; i < n; i++) {
            Owned o = partitions.get(i);
            streams[i] = o.stream();
            fills[i] = o.fill();
            numbers[i] = o.partition();
            generations[i] = o.generation();
            offsets[i] = o.nextOffset();
            positions[i] = o.position().toString();
            stopped[i] = o.stopped();
        }
        try (PreparedStatement s = db.prepareStatement(ADVANCE)) {
            s.setArray(1, db.createArrayOf("text", streams));
            s.setArray(2, db.createArrayOf("int8", fills));
            s.setArray(3, db.createArrayOf("int4", numbers));
            s.setArray(4, db.createArrayOf("int8", generations));
            s.setArray(5, db.createArrayOf("int8", offsets));
            s.setArray(6, db.createArrayOf("text", positions));
            s.setArray(7, db.createArrayOf("text", stopped));
            s.setString(8, replica);
            return s.executeUpdate();
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public List<Owned> read() {
        return calls.ask(() -> {
            List<Owned> rows = new ArrayList<>();
            try (PreparedStatement s =
                    db.prepareStatement("SELECT p.stream, p.fill, p.partition, p.generation, p.next_offset,"
                            + " p.position, p.stopped FROM freshet.replica_position p JOIN freshet.replica_stream s USING"
                            + " (replica, stream, fill) WHERE p.replica = ? ORDER BY 1, 3")) {
                s.setString(1, replica);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        rows.add(new Owned(
                                r.getString(1),
                                r.getLong(2),
                                r.getInt(3),
                                r.getLong(4),
                                r.getLong(5),
                                Position.parse(r.getString(6)),
                                r.getString(7)));
                    }
                }
            }
            return rows;
        });
    }

    @Override
    public void fence(String stream) {
        calls.run(() -> update(
                "UPDATE freshet.replica_position SET generation = generation + 1 WHERE replica = ? AND stream = ?",
                stream));
    }

    private void update(String sql, String stream) throws SQLException {
        try (PreparedStatement s = db.prepareStatement(sql)) {
            s.setString(1, replica);
            s.setString(2, stream);
            s.executeUpdate();
        }
    }

    @Override
    public long lock(String stream) {
        return calls.ask(() -> {
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
        });
    }

    @Override
    public void replace(String stream, List<Owned> rows) {
        calls.run(() -> {
            update("DELETE FROM freshet.replica_position WHERE replica = ? AND stream = ?", stream);
            try (PreparedStatement s =
                    db.prepareStatement("INSERT INTO freshet.replica_position (replica, stream, fill,"
                            + " partition, generation, next_offset, position) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                for (Owned p : rows) {
                    s.setString(1, replica);
                    s.setString(2, stream);
                    s.setLong(3, p.fill());
                    s.setInt(4, p.partition());
                    s.setLong(5, p.generation());
                    s.setLong(6, p.nextOffset());
                    s.setString(7, p.position().toString());
                    s.addBatch();
                }
                s.executeBatch();
            }
        });
    }
}
