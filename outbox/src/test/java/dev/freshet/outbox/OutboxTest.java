package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.event.EventIds;
import java.sql.Connection;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@OnServers
class OutboxTest {
    private static final String ALL =
            "SELECT string_agg(event_key || ' ' || event_type || ' ' || payload, ', ' ORDER BY id) FROM freshet_outbox";

    private final SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();

    private static Connection transaction(TestDatabase database) throws Exception {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(Map.of("order", key))
                .build();
    }

    @Test
    void event_commitsWithItsTransactionOrNotAtAll(TestDatabase database) throws Exception {
        Migration.run(database);
        database.execute("CREATE TABLE orders (id text PRIMARY KEY)");
        try (Connection connection = transaction(database);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders VALUES ('1')");
            outbox.publish(connection, placed("1"));
            connection.commit();

            statement.execute("INSERT INTO orders VALUES ('2')");
            outbox.publish(connection, placed("2"));
            connection.rollback();

            Savepoint savepoint = connection.setSavepoint();
            outbox.publish(connection, placed("3"));
            connection.rollback(savepoint);
            outbox.publish(connection, List.of(placed("4"), placed("5")));
            connection.commit();
        }
        assertEquals("1", database.text("SELECT string_agg(id, ',') FROM orders"));
        assertEquals(
                "1 order-placed {\"order\":\"1\"}, 4 order-placed {\"order\":\"4\"}, 5 order-placed {\"order\":\"5\"}",
                database.text(ALL));
    }

    @Test
    void sameIdTwice_isOneEvent_alsoInAnotherTransaction(TestDatabase database) throws Exception {
        Migration.run(database);
        UUID id = EventIds.of(Instant.parse("2026-11-27T12:00:00Z"), "request 7");
        Event event = Event.builder("orders", "order-placed")
                .id(id)
                .key("7")
                .payload(Map.of("order", 7))
                .build();
        for (int i = 0; i < 2; i++) {
            try (Connection connection = transaction(database)) {
                assertEquals(List.of(id, id), outbox.publish(connection, List.of(event, event)));
                connection.commit();
            }
        }
        assertEquals(id.toString(), database.text("SELECT string_agg(id::text, ',') FROM freshet_outbox"));
    }

    @Test
    void everythingAnEventHolds_standsInTheRow(TestDatabase database) throws Exception {
        Migration.run(database);
        SqlOutbox traced = SqlOutbox.table(Dialect.POSTGRESQL)
                .traceParent(() -> "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        try (Connection connection = transaction(database)) {
            traced.publish(
                    connection,
                    Event.builder("pictures", "taken")
                            .unordered()
                            .payload(new byte[] {0, 1, (byte) 0xff}, "image/png")
                            .header("tenant", "ä \"b\"")
                            .build());
            connection.commit();
        }
        assertEquals(
                "(pictures,,taken,image/png,\\x0001ff)",
                database.text("SELECT ROW(stream, event_key, event_type, content_type, payload_bytes)::text"
                                + " FROM freshet_outbox")
                        .replace("\"", "")
                        .replace("\\\\", "\\"));
        assertEquals(
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01|ä \"b\"",
                database.text("SELECT (headers::json ->> 'traceparent') || '|' || (headers::json ->> 'tenant')"
                        + " FROM freshet_outbox"));
    }

    @Test
    void connectionThatCommitsByItself_isRefused(TestDatabase database) throws Exception {
        Migration.run(database);
        try (Connection connection = database.connect()) {
            String message = assertThrows(ConfigurationException.class, () -> outbox.publish(connection, placed("1")))
                    .getMessage();
            assertTrue(message.contains("auto-commit") && message.contains("setAutoCommit(false)"), message);
        }
        assertEquals("0", database.text("SELECT count(*) FROM freshet_outbox"));
    }

    @Test
    void databaseWithoutTheTable_namesTheMigration(TestDatabase database) throws Exception {
        try (Connection connection = transaction(database)) {
            String message = assertThrows(ConfigurationException.class, () -> outbox.publish(connection, placed("1")))
                    .getMessage();
            assertTrue(message.contains("dev/freshet/outbox/postgresql/V1__freshet_outbox.sql"), message);
        }
    }

    @Test
    void oneRefusedEvent_letsNoneOfItsBatchBeWritten(TestDatabase database) throws Exception {
        Migration.run(database);
        Event keyless = Event.builder("orders", "order-placed").payload(1).build();
        try (Connection connection = transaction(database)) {
            assertThrows(EventRefusedException.class, () -> outbox.publish(connection, List.of(placed("1"), keyless)));
            connection.commit();
        }
        assertEquals("0", database.text("SELECT count(*) FROM freshet_outbox"));
    }
}
