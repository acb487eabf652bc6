package dev.freshet.capture.postgres;

import dev.freshet.model.Lsn;
import dev.freshet.model.ledger.TimelineRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The server's timelines, from its history file. */
final class Timelines {
    private Timelines() {}

    /**
     * Returns the finished timelines, oldest first.
     *
     * @param replication a replication connection
     * @param system the system identifier
     * @param timeline the present timeline, above 1: the first has no history
     */
    static List<TimelineRecord> read(Connection replication, String system, long timeline) throws SQLException {
        try (Statement statement = replication.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            if (!row.next()) {
                throw new IllegalStateException("The server has no history of its timeline " + timeline);
            }
            return parse(system, row.getString(2));
        }
    }

    /** Reads a history file: a line has timeline, switch LSN and reason, with tabs between; {@code #} begins a comment. */
    static List<TimelineRecord> parse(String system, String content) {
        List<TimelineRecord> timelines = new ArrayList<>();
        for (String line : content.split("\n", -1)) {
            String text = line.strip();
            if (!text.isEmpty() && text.charAt(0) != '#') {
                String[] parts = text.split("\\s+", 3);
                timelines.add(new TimelineRecord(system, Long.parseLong(parts[0]), Lsn.parse(parts[1])));
            }
        }
        return timelines;
    }
}
