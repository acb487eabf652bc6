package dev.freshet.examples.demo;

import dev.freshet.examples.shop.OrderEvents;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Compares the events that the shop's journal says were committed with those that shipping has: both are read order by order
 * through cursors, so that memory does not grow with the tables. Belongs to one thread.
 */
public final class EventComparison {
    private static final int FETCH_ROWS = 5_000;
    private static final int EXAMPLES = 5;
    private static final String JOURNAL =
            "SELECT order_key, event_id, number > ?, 1, true FROM event_journal ORDER BY order_key, number";
    private static final String ARRIVED = "SELECT order_key, event_id, arrival > ?, times, coalesce(publisher = '"
            + OrderEvents.SHOP + "', false) FROM order_event ORDER BY order_key, arrival";

    private final List<String> examples = new ArrayList<>();
    private long published;
    private long lost;
    private long doubled;
    private long disordered;
    private long uncommitted;
    private long others;
    private long earlier;

    private EventComparison() {}

    /**
     * Where a run begins.
     *
     * @param number the newest number of the shop's journal before; 0 if it is empty
     * @param arrival the newest arrival at shipping before; 0 if nothing has come
     */
    public record Start(long number, long arrival) {
        /** Returns the start of a run that begins now. */
        public static Start now(Connection shop, Connection shipping) throws SQLException {
            return new Start(
                    newest(shop, "SELECT coalesce(max(number), 0) FROM event_journal"),
                    newest(shipping, "SELECT coalesce(max(arrival), 0) FROM order_event"));
        }

        private static long newest(Connection connection, String sql) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * Compares.
     *
     * @param shop a connection of its own to the shop's database
     * @param shipping a connection of its own to shipping's
     * @param start where the run began whose events are compared
     */
    public static EventDifference compare(Connection shop, Connection shipping, Start start) throws SQLException {
        EventComparison comparison = new EventComparison();
        try (Rows journal = Rows.open(shop, JOURNAL, start.number());
                Rows arrived = Rows.open(shipping, ARRIVED, start.arrival())) {
            while (journal.hasNext() || arrived.hasNext()) {
                String key = !arrived.hasNext()
                                || (journal.hasNext() && journal.key().compareTo(arrived.key()) < 0)
                        ? journal.key()
                        : arrived.key();
                comparison.compare(key, journal.take(key), arrived.take(key));
            }
        }
        return comparison.result();
    }

    /** Compares the events of one order, each side in its order. */
    private void compare(String key, List<Row> journal, List<Row> arrived) {
        Map<UUID, Integer> times = new HashMap<>();
        arrived.forEach(row -> times.put(row.id(), row.times()));
        Map<UUID, Integer> places = new HashMap<>();
        for (Row row : journal) {
            places.put(row.id(), places.size());
            int came = times.getOrDefault(row.id(), 0);
            if (!row.ofThisRun()) {
                earlier += came == 0 ? 1 : 0;
                continue;
            }
            published++;
            if (came == 0) {
                lost++;
                example("lost", row, key);
            } else if (came > 1) {
                doubled += came - 1;
                example("came " + came + " times", row, key);
            }
        }
        int last = -1;
        for (Row row : arrived) {
            Integer place = places.get(row.id());
            if (place == null) {
                if (row.ofThisRun() && row.ofTheShop()) {
                    uncommitted++;
                    example("never committed", row, key);
                } else if (row.ofThisRun()) {
                    others++;
                }
            } else if (place >= last) {
                last = place;
            } else if (journal.get(place).ofThisRun()) {
                disordered++;
                example("after a later one", row, key);
            }
        }
    }

    private void example(String what, Row row, String key) {
        if (examples.size() < EXAMPLES) {
            examples.add("event " + row.id() + " of order " + key + ": " + what);
        }
    }

    private EventDifference result() {
        return new EventDifference(
                published, published - lost, lost, doubled, disordered, uncommitted, others, earlier, examples);
    }

    /**
     * An event on one side.
     *
     * @param ofThisRun whether it was published, or came, in this run
     * @param times how often it came
     * @param ofTheShop whether the shop published it, by its own word
     */
    private record Row(UUID id, boolean ofThisRun, int times, boolean ofTheShop) {}

    /** A cursor over one side. */
    private static final class Rows implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private boolean hasNext;

        private Rows(Connection connection, PreparedStatement statement, ResultSet rows) {
            this.connection = connection;
            this.statement = statement;
            this.rows = rows;
        }

        static Rows open(Connection connection, String sql, long since) throws SQLException {
            connection.setAutoCommit(false);
            PreparedStatement statement = connection.prepareStatement(sql);
            statement.setFetchSize(FETCH_ROWS);
            statement.setLong(1, since);
            Rows rows = new Rows(connection, statement, statement.executeQuery());
            rows.hasNext = rows.rows.next();
            return rows;
        }

        boolean hasNext() {
            return hasNext;
        }

        String key() throws SQLException {
            return rows.getString(1);
        }

        /** Takes all rows of a key; none if the next ones are of another. */
        List<Row> take(String key) throws SQLException {
            List<Row> taken = new ArrayList<>();
            while (hasNext && key().equals(key)) {
                taken.add(
                        new Row(rows.getObject(2, UUID.class), rows.getBoolean(3), rows.getInt(4), rows.getBoolean(5)));
                hasNext = rows.next();
            }
            return taken;
        }

        @Override
        public void close() throws SQLException {
            rows.close();
            statement.close();
            connection.rollback();
        }
    }
}
