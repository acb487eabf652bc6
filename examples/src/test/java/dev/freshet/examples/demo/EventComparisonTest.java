package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.examples.shipping.OrderEventReader;
import dev.freshet.examples.shop.EventTables;
import dev.freshet.examples.shop.PublishWay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class EventComparisonTest {
    /** Makes ids of the numbers from 0 to 99. */
    private static final String ID = "('00000000-0000-7000-8000-0000000000' || lpad(i::text, 2, '0'))::uuid";

    private static String id(int number) {
        return "00000000-0000-7000-8000-%012d".formatted(number);
    }

    /** Fills both with 20 events of 10 orders, two of each, and returns where the run began. */
    private static EventComparison.Start fill(TestDatabase shop, TestDatabase shipping)
            throws SQLException, IOException {
        try (Connection s = shop.connect();
                Connection c = shipping.connect()) {
            EventTables.create(s, PublishWay.WAL_MESSAGE);
            OrderEventReader.createTables(c);
        }
        EventComparison.Start start = start(shop, shipping);
        more(shop, shipping, 0, 19);
        return start;
    }

    private static EventComparison.Start start(TestDatabase shop, TestDatabase shipping) throws SQLException {
        try (Connection s = shop.connect();
                Connection c = shipping.connect()) {
            return EventComparison.Start.now(s, c);
        }
    }

    private static void more(TestDatabase shop, TestDatabase shipping, int from, int to) throws SQLException {
        String events = " FROM generate_series(" + from + ", " + to + ") i ORDER BY i";
        shop.execute("INSERT INTO event_journal (event_id, order_key) SELECT " + ID + ", i % 10" + events);
        shipping.execute("INSERT INTO order_event (event_id, order_key, event_type, publisher) SELECT " + ID
                + ", i % 10, 'order-placed', 'shop'" + events);
    }

    private static EventDifference compare(TestDatabase shop, TestDatabase shipping, EventComparison.Start start)
            throws SQLException {
        try (Connection s = shop.connect();
                Connection c = shipping.connect()) {
            return EventComparison.compare(s, c, start);
        }
    }

    @Test
    void eventsThatAllCameOnceAndInOrder_haveNoDifference(TestDatabase shop, TestDatabase shipping) throws Exception {
        EventDifference found = compare(shop, shipping, fill(shop, shipping));
        assertEquals(new EventDifference(20, 20, 0, 0, 0, 0, 0, 0, List.of()), found);
        assertTrue(found.good(true));
    }

    @Test
    void lostEvents_areFoundAndNamed(TestDatabase shop, TestDatabase shipping) throws Exception {
        EventComparison.Start start = fill(shop, shipping);
        shipping.execute(
                "DELETE FROM order_event WHERE event_id IN ('" + id(4) + "', '" + id(9) + "', '" + id(19) + "')");
        EventDifference found = compare(shop, shipping, start);
        assertEquals(
                new EventDifference(
                        20,
                        17,
                        3,
                        0,
                        0,
                        0,
                        0,
                        0,
                        List.of(
                                "event " + id(4) + " of order 4: lost",
                                "event " + id(9) + " of order 9: lost",
                                "event " + id(19) + " of order 9: lost")),
                found);
        assertFalse(found.good(true));
        assertFalse(found.good(false));
    }

    @Test
    void doubledEvents_areCounted_andAllowedWhereEachComesAtLeastOnce(TestDatabase shop, TestDatabase shipping)
            throws Exception {
        EventComparison.Start start = fill(shop, shipping);
        shipping.execute("UPDATE order_event SET times = 3 WHERE event_id = '" + id(7) + "'");
        EventDifference found = compare(shop, shipping, start);
        assertEquals(
                new EventDifference(20, 20, 0, 2, 0, 0, 0, 0, List.of("event " + id(7) + " of order 7: came 3 times")),
                found);
        assertFalse(found.good(true));
        assertTrue(found.good(false));
    }

    @Test
    void eventThatCameAfterALaterOneOfItsOrder_isFound(TestDatabase shop, TestDatabase shipping) throws Exception {
        EventComparison.Start start = fill(shop, shipping);
        shipping.execute(
                "DELETE FROM order_event WHERE event_id = '" + id(5) + "'",
                "INSERT INTO order_event (event_id, order_key, event_type) VALUES ('" + id(5) + "', '5', 'again')");
        EventDifference found = compare(shop, shipping, start);
        assertEquals(
                new EventDifference(
                        20, 20, 0, 0, 1, 0, 0, 0, List.of("event " + id(5) + " of order 5: after a later one")),
                found);
        assertFalse(found.good(false));
    }

    @Test
    void eventThatWasNeverCommitted_isFound(TestDatabase shop, TestDatabase shipping) throws Exception {
        EventComparison.Start start = fill(shop, shipping);
        shop.execute("DELETE FROM event_journal WHERE event_id = '" + id(13) + "'");
        EventDifference found = compare(shop, shipping, start);
        assertEquals(1, found.uncommitted());
        assertEquals(19, found.published());
        assertFalse(found.good(false));
    }

    @Test
    void eventThatTheShopDidNotPublish_isCountedApart(TestDatabase shop, TestDatabase shipping) throws Exception {
        EventComparison.Start start = fill(shop, shipping);
        shipping.execute(
                "INSERT INTO order_event (event_id, order_key, event_type) VALUES ('" + id(50) + "', '5', 'by hand')",
                "INSERT INTO order_event (event_id, order_key, event_type, publisher) VALUES ('" + id(51)
                        + "', 'other', 'by hand', 'a clerk')");
        EventDifference found = compare(shop, shipping, start);
        assertEquals(new EventDifference(20, 20, 0, 0, 0, 0, 2, 0, List.of()), found);
        assertTrue(found.good(true));
    }

    @Test
    void whatWasMissingBefore_isToldAndDoesNotCountAgainstTheRun(TestDatabase shop, TestDatabase shipping)
            throws Exception {
        fill(shop, shipping);
        shipping.execute("DELETE FROM order_event WHERE event_id = '" + id(3) + "'");
        shop.execute("DELETE FROM event_journal WHERE event_id = '" + id(8) + "'");
        EventComparison.Start start = start(shop, shipping);
        more(shop, shipping, 20, 25);
        // one of the former run that comes late
        shipping.execute(
                "DELETE FROM order_event WHERE event_id = '" + id(2) + "'",
                "INSERT INTO order_event (event_id, order_key, event_type) VALUES ('" + id(2) + "', '2', 'late')");
        assertEquals(new EventDifference(6, 6, 0, 0, 0, 0, 0, 1, List.of()), compare(shop, shipping, start));
    }
}
