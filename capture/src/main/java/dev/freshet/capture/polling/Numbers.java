package dev.freshet.capture.polling;

import dev.freshet.model.ConfigurationException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The tables {@code freshet_outbox_number} and {@code freshet_outbox_relay}.
 *
 * <p>Implementation note. The first one only grows at its end and is cleared at its beginning, and what changes with each round
 * stands in its new rows: a row that is updated over and over would be slow to find while an old transaction keeps the database
 * from clearing its former versions. The second one's row changes every few seconds at most.
 */
final class Numbers {
    private static final long IDENTITIES = 1_000_000_000_000_000_000L;
    private static final int INSERTED_AT_ONCE = 500;

    private final PollingSettings settings;
    private final String number;
    private final String relay;

    Numbers(PollingSettings settings) {
        this.settings = settings;
        this.number = settings.schema() + ".freshet_outbox_number";
        this.relay = settings.schema() + ".freshet_outbox_relay";
    }

    /** Reads what stands there, in one snapshot. */
    State read(Connection c) throws SQLException {
        try (Statement statement = c.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT r.identity, r.slot, r.confirmed, r.begins, r.settled_seq,"
                                + " n.number, n.events, n.high_seq, n.settled_seq FROM " + relay + " r LEFT JOIN "
                                + number + " n ON n.number = (SELECT max(number) FROM " + number
                                + ") WHERE r.id = 1")) {
            if (!row.next()) {
                throw new ConfigurationException(
                        "Source '" + settings.source() + "': the table " + relay
                                + " has no row with the id 1, which its migration makes; insert it, with that id and nothing else");
            }
            long begins = row.getLong(4);
            long last = row.getLong(6);
            return new State(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    last == 0 ? begins : last + row.getLong(7),
                    row.getLong(8),
                    Math.max(row.getLong(5), row.getLong(9)));
        }
    }

    /** Returns the name of this history, which the first one to ask gives it. */
    String identity(Connection c) throws SQLException {
        String known = read(c).identity();
        if (known != null) {
            return known;
        }
        long random = Math.floorMod(new SecureRandom().nextLong(), IDENTITIES);
        try (PreparedStatement statement =
                c.prepareStatement("UPDATE " + relay + " SET identity = ? WHERE id = 1 AND identity IS NULL")) {
            statement.setString(1, String.valueOf(random));
            statement.executeUpdate();
        }
        return Objects.requireNonNull(read(c).identity(), "an identity that was just given");
    }

    /** Makes the slot, from whose first number on everything is numbered that the table has. */
    long begin(Connection c) throws SQLException {
        return inTransaction(c, () -> {
            long next = read(c).firstOfNewSlot(new SecureRandom());
            try (PreparedStatement statement = c.prepareStatement("UPDATE " + relay
                    + " SET slot = ?, begins = ?, confirmed = ?, settled_seq = 0 WHERE id = 1" + " AND slot IS NULL")) {
                statement.setString(1, settings.slot());
                statement.setLong(2, next);
                statement.setLong(3, next);
                if (statement.executeUpdate() == 0) {
                    throw new ConfigurationException("Source '" + settings.source() + "': the slot '" + read(c).slot()
                            + "' exists in " + relay + " already; it was not made again");
                }
            }
            update(c, "DELETE FROM " + number);
            return next;
        });
    }

    /** Takes the slot away; the numbers stay, so that none is given twice. */
    void end(Connection c) throws SQLException {
        update(c, "UPDATE " + relay + " SET slot = NULL WHERE id = 1");
    }

    /** Notes up to where everything is in Kafka, and what is settled. */
    void confirm(Connection c, long confirmed, long settled) throws SQLException {
        try (PreparedStatement statement =
                c.prepareStatement("UPDATE " + relay + " SET confirmed = ?, settled_seq = ? WHERE id = 1")) {
            statement.setLong(1, confirmed);
            statement.setLong(2, settled);
            statement.executeUpdate();
        }
    }

    /** Adds runs, all of them or none; durable when it returns. */
    void add(Connection c, List<NumberedRun> runs, long high, long settled) throws SQLException {
        inTransaction(c, () -> {
            for (int from = 0; from < runs.size(); from += INSERTED_AT_ONCE) {
                insert(c, runs.subList(from, Math.min(runs.size(), from + INSERTED_AT_ONCE)), high, settled);
            }
            return runs.size();
        });
    }

    private void insert(Connection c, List<NumberedRun> runs, long high, long settled) throws SQLException {
        String values = "(?, ?, ?, ?, ?, ?)" + ", (?, ?, ?, ?, ?, ?)".repeat(runs.size() - 1);
        try (PreparedStatement statement = c.prepareStatement("INSERT INTO " + number
                + " (number, first_seq, events, high_seq, settled_seq, numbered_at) VALUES " + values)) {
            int i = 0;
            for (NumberedRun run : runs) {
                statement.setLong(++i, run.number());
                statement.setLong(++i, run.rows().first());
                statement.setInt(++i, Math.toIntExact(run.rows().size()));
                statement.setLong(++i, high);
                statement.setLong(++i, settled);
                statement.setLong(++i, run.numberedAt());
            }
            statement.executeUpdate();
        }
    }

    /** Returns the runs from the one with a number on, at most so many. */
    List<NumberedRun> from(Connection c, long at, int most) throws SQLException {
        return runs(
                c,
                "SELECT number, first_seq, events, numbered_at FROM " + number
                        + " WHERE number >= (SELECT coalesce(max(number), 0) FROM " + number
                        + " WHERE number <= ?) ORDER BY number LIMIT " + most,
                at);
    }

    /** Returns the first runs above a seq, in the order of their seq, at most so many. */
    List<Run> above(Connection c, long seq, int most) throws SQLException {
        return runs(
                        c,
                        "SELECT number, first_seq, events, numbered_at FROM " + number
                                + " WHERE first_seq > ? ORDER BY first_seq LIMIT " + most,
                        seq)
                .stream()
                .map(NumberedRun::rows)
                .toList();
    }

    private static List<NumberedRun> runs(Connection c, String sql, long parameter) throws SQLException {
        List<NumberedRun> runs = new ArrayList<>();
        try (PreparedStatement statement = c.prepareStatement(sql)) {
            statement.setLong(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long first = row.getLong(2);
                    runs.add(
                            new NumberedRun(row.getLong(1), Run.of(first, first + row.getLong(3) - 1), row.getLong(4)));
                }
            }
        }
        return runs;
    }

    /**
     * Returns up to which seq every row is numbered below a number, or can never come.
     *
     * @param state what was read before
     */
    long sentSeq(Connection c, State state, long below) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(
                "SELECT min(CASE WHEN number < ? THEN first_seq + ? - number ELSE first_seq END) FROM " + number
                        + " WHERE number + events > ? AND number >= (SELECT coalesce("
                        + "max(number), 0) FROM " + number + " WHERE number <= ?)")) {
            for (int i = 1; i <= 4; i++) {
                statement.setLong(i, below);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long unsent = row.getLong(1);
                return row.wasNull() ? state.settled() : Math.min(state.settled(), unsent - 1);
            }
        }
    }

    /** Forgets runs that nobody needs any more: all of their rows are in Kafka, and no gap is below. The last one stays. */
    int forget(Connection c, State state) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement("DELETE FROM " + number
                + " WHERE number < ? AND number + events <= ? AND first_seq + events - 1 <= ?")) {
            List<NumberedRun> last = from(c, state.next(), 1);
            statement.setLong(
                    1,
                    last.isEmpty() ? 0 : Math.min(state.confirmed(), last.get(0).number()));
            statement.setLong(2, state.confirmed());
            statement.setLong(3, state.settled());
            return statement.executeUpdate();
        }
    }

    /** Has the database check, and change nothing, that the role may do all this. */
    List<String> statements() {
        return List.of(
                "INSERT INTO " + number + " SELECT n.* FROM " + number + " n WHERE 1 = 0",
                "DELETE FROM " + number + " WHERE 1 = 0",
                "UPDATE " + relay + " SET slot = slot WHERE 1 = 0");
    }

    private static void update(Connection c, String sql) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** Work in one transaction. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> T inTransaction(Connection c, Work<T> work) throws SQLException {
        c.setAutoCommit(false);
        try {
            T result = work.run();
            c.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                c.rollback();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        } finally {
            c.setAutoCommit(true);
        }
    }
}
