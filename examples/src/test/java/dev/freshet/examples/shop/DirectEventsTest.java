package dev.freshet.examples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.examples.shipping.OrderEventReader;
import dev.freshet.outbox.CommitUnknownException;
import dev.freshet.outbox.Event;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@OnServers
class DirectEventsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** A connection whose commit is done, or not, and which breaks before the answer. */
    private static Connection breaking(Connection connection, boolean committed) {
        return (Connection) Proxy.newProxyInstance(
                DirectEventsTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("commit")) {
                        return method.invoke(connection, args);
                    }
                    if (committed) {
                        connection.commit();
                    }
                    connection.close();
                    throw new SQLException("The connection is lost", "08006");
                });
    }

    private static UUID place(OrderEvents events, Connection connection, String order) throws SQLException {
        try (OrderEvents.Transaction transaction = events.begin(connection);
                PreparedStatement journal =
                        connection.prepareStatement("INSERT INTO event_journal (event_id, order_key) VALUES (?, ?)")) {
            UUID id = transaction.publish(Event.builder(OrderEvents.STREAM, "order-placed")
                    .key(order)
                    .payload(new OrderEvents.Cancelled(1))
                    .build());
            journal.setObject(1, id);
            journal.setString(2, order);
            journal.executeUpdate();
            transaction.commit();
            return id;
        }
    }

    private static void placeOverBreak(OrderEvents events, TestDatabase shop, String order, boolean committed)
            throws SQLException {
        try (Connection connection = shop.connect()) {
            connection.setAutoCommit(false);
            assertThrows(CommitUnknownException.class, () -> place(events, breaking(connection, committed), order));
        }
    }

    private static Set<String> arrived(TestDatabase shipping, EmbeddedKafka kafka) throws Exception {
        OrderEventReader reader = OrderEventReader.start(
                shipping::connect, kafka.bootstrapServers(), PublishWay.DIRECT.topic(), id -> {});
        assertTrue(reader.finish(LIMIT));
        assertNull(reader.failure());
        Set<String> result = new TreeSet<>();
        try (Connection c = shipping.connect();
                Statement s = c.createStatement();
                ResultSet row = s.executeQuery("SELECT order_key, times FROM order_event")) {
            while (row.next()) {
                result.add(row.getString(1) + " came " + row.getInt(2));
            }
        }
        return result;
    }

    @Test
    void eventWhoseCommitWasNotAnswered_isPublishedIfItWasCommitted(
            EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(PublishWay.DIRECT.topic(), 2, (short) 1)))
                    .all()
                    .get();
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(shop.jdbcUrl());
        source.setUser(shop.user());
        source.setPassword(shop.password());
        try (Connection connection = shop.connect();
                Connection copies = shipping.connect()) {
            EventTables.create(connection, PublishWay.DIRECT);
            OrderEventReader.createTables(copies);
            try (OrderEvents events = PublishWay.DIRECT.open(kafka.bootstrapServers(), source)) {
                placeOverBreak(events, shop, "committed", true);
                placeOverBreak(events, shop, "not committed", false);
                connection.setAutoCommit(false);
                events.settle(connection);
                events.settle(connection);
                place(events, connection, "answered");
            }
        }
        // the second reader goes on where the first was
        Set<String> once = Set.of("answered came 1", "committed came 1");
        assertEquals(once, arrived(shipping, kafka));
        assertEquals(once, arrived(shipping, kafka));
    }
}
