package dev.freshet.capture.polling;

import dev.freshet.capture.internal.OutboxRow;
import dev.freshet.capture.polling.PolledSession.Content;
import dev.freshet.capture.polling.PolledSession.Head;
import dev.freshet.capture.polling.PolledSession.Look;
import dev.freshet.model.event.OutboxColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Questions to the outbox table, all of which go by {@code seq}: none of them comes across a row that was seen before. */
final class Rows {
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
     * <p>Implementation note. Each range is looked up by itself; of an OR of ranges a plan may go through all of the index.
     */
    List<Head> in(Connection c, List<Run> ranges, int most) throws SQLException {
        List<Head> found = new ArrayList<>();
        try (PreparedStatement statement = c.prepareStatement("SELECT seq, " + SIZE
                + " AS size FROM (SELECT ? AS a, ? AS b" + " UNION ALL SELECT ?, ?".repeat(ranges.size() - 1)
                + ") g JOIN " + table + " ON seq BETWEEN g.a AND g.b ORDER BY seq LIMIT " + most)) {
            int i = 0;
            for (Run range : ranges) {
                statement.setLong(++i, range.first());
                statement.setLong(++i, range.last());
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Head(row.getLong(1), row.getLong(2)));
                }
            }
        }
        return found;
    }

    /** Reads a run's rows, those that are there, in their order. */
    List<Content> read(Connection c, Run run) throws SQLException {
        List<Content> found = new ArrayList<>();
        try (PreparedStatement statement = c.prepareStatement(contents)) {
            statement.setLong(1, run.first());
            statement.setLong(2, run.last());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Content(row.getLong("seq"), OutboxRow.read(row)));
                }
            }
        }
        return found;
    }

    /** Has the database look for what all this needs, and read nothing. */
    String statement() {
        return "SELECT seq, " + String.join(", ", OutboxColumn.names()) + " FROM " + table + " WHERE 1 = 0";
    }
}
