package dev.freshet.capture.polling;

import dev.freshet.model.event.OutboxColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Questions to the outbox table, all of which go by {@code seq}: none of them comes across a row that was seen before. */
final class Rows {
    private static final int RANGES_AT_ONCE = 200;
    private static final String SIZE =
            "200 + coalesce(octet_length(payload), 0) + coalesce(octet_length(payload_bytes), 0)"
                    + " + coalesce(octet_length(event_key), 0) + coalesce(octet_length(headers), 0)";

    private final String table;
    private final String above;
    private final String heads;
    private final String contents;

    Rows(PolledDatabase database) {
        this.table = database.bySeq();
        this.heads = "SELECT seq, " + SIZE + " AS size FROM " + table + " WHERE ";
        this.above = "SELECT t.began, r.seq, r.size FROM (SELECT " + database.began() + " AS began) t LEFT JOIN ("
                + heads + "seq > ? ORDER BY seq LIMIT ";
        this.contents = "SELECT seq, " + String.join(", ", OutboxColumn.names()) + " FROM " + table
                + " WHERE seq BETWEEN ? AND ? ORDER BY seq";
    }

    /**
     * A row without its content.
     *
     * @param bytes about how many bytes it has
     */
    record Head(long seq, long bytes) {}

    /**
     * The rows above a seq.
     *
     * @param began when the look began, or earlier, by the database's clock, in microseconds since 1970
     */
    record Look(long began, List<Head> heads) {}

    /** Looks at the first rows above a seq, at most so many. */
    Look above(Connection c, long seq, int most) throws SQLException {
        List<Head> found = new ArrayList<>();
        long began = 0;
        try (PreparedStatement statement = c.prepareStatement(above + most + ") r ON 1 = 1 ORDER BY r.seq")) {
            statement.setLong(1, seq);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    began = row.getLong(1);
                    long at = row.getLong(2);
                    if (!row.wasNull()) {
                        found.add(new Head(at, row.getLong(3)));
                    }
                }
            }
        }
        return new Look(began, found);
    }

    /**
     * Returns the rows in ranges, in the order of their seq, at most so many: the later ones are left out.
     *
     * <p>Implementation note. The last ranges are looked at first: what commits between two looks is then missed by its later rows
     * and not by its earlier ones, which come before them. Each range is looked up by itself; of an OR of ranges a plan may go
     * through all of the index.
     */
    List<Head> in(Connection c, List<Run> ranges, int most) throws SQLException {
        List<Head> found = new ArrayList<>();
        for (int to = ranges.size(); to > 0; to -= RANGES_AT_ONCE) {
            List<Run> part = ranges.subList(Math.max(0, to - RANGES_AT_ONCE), to);
            List<Head> earlier = new ArrayList<>();
            try (PreparedStatement statement =
                    c.prepareStatement("SELECT seq, " + SIZE + " AS size FROM (SELECT ? AS a, ? AS b"
                            + " UNION ALL SELECT ?, ?".repeat(part.size() - 1) + ") g JOIN " + table
                            + " ON seq BETWEEN g.a AND g.b ORDER BY seq LIMIT " + most)) {
                int i = 0;
                for (Run range : part) {
                    statement.setLong(++i, range.first());
                    statement.setLong(++i, range.last());
                }
                read(statement, earlier);
            }
            earlier.addAll(found);
            found = earlier.size() > most ? new ArrayList<>(earlier.subList(0, most)) : earlier;
        }
        return found;
    }

    private static void read(PreparedStatement statement, List<Head> into) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                into.add(new Head(row.getLong(1), row.getLong(2)));
            }
        }
    }

    /** Takes rows with their content. */
    interface Taker {
        /** Takes the present row of {@code seq} and then the columns of an event, in their order. */
        void take(ResultSet row) throws SQLException;
    }

    /** Reads a run's rows, those that are there, in their order. */
    void read(Connection c, Run run, Taker taker) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(contents)) {
            statement.setLong(1, run.first());
            statement.setLong(2, run.last());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    taker.take(row);
                }
            }
        }
    }

    /** Has the database look for what all this needs, and read nothing. */
    String statement() {
        return "SELECT seq, " + String.join(", ", OutboxColumn.names()) + " FROM " + table + " WHERE 1 = 0";
    }
}
