package dev.freshet.replica.state;

import dev.freshet.model.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The position rows of one replica, within the caller's transactions.
 *
 * <p>A new owner bumps the generation under the row's lock and then reads the offset, in one statement; an owner names its
 * generation in each commit. So a former owner that was only asleep changes no row, finds that, and rolls back.
 */
public final class Positions {
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

    private final String replica;

    /** Creates the rows' keeper of a replica. */
    public Positions(String replica) {
        this.replica = replica;
    }

    /**
     * Takes a partition over.
     *
     * @return the partition, or null if the stream's table is not filled (or about to be filled anew)
     */
    public @Nullable Owned claim(Connection db, String stream, int partition) throws SQLException {
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
        }
    }

    /**
     * Moves partitions on.
     *
     * @param partitions as they shall be; each names the generation of this owner
     * @throws FencedException if one of them has another owner by now; the caller rolls back
     */
    public void advance(Connection db, List<Owned> partitions) throws SQLException {
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
            if (s.executeUpdate() != n) {
                throw new FencedException(
                        "Another instance of replica '" + replica + "' has taken over a partition that"
                                + " this one still worked on; nothing was committed, and this instance joins the group again");
            }
        }
    }

    /** Returns the rows of the fills that the tables hold now. */
    public List<Owned> read(Connection db) throws SQLException {
        List<Owned> rows = new ArrayList<>();
        try (PreparedStatement s =
                db.prepareStatement("SELECT p.stream, p.fill, p.partition, p.generation, p.next_offset,"
                        + " p.position, p.stopped FROM freshet.replica_position p JOIN freshet.replica_stream s USING (replica,"
                        + " stream, fill) WHERE p.replica = ? ORDER BY 1, 3")) {
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
    }
}
