package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.event.EventMessage;
import dev.freshet.model.event.PublishedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnServers
class WalMessagesTest {
    private final SqlOutbox outbox = SqlOutbox.walMessages().build();

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed")
                .key(key)
                .payload(Map.of("order", key))
                .header("tenant", "a")
                .build();
    }

    @Test
    void message_standsInTheLogIfItsTransactionCommits(TestDatabase database) throws Exception {
        String slot = "s_" + database.name();
        database.execute(
                "CREATE PUBLICATION nothing", "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            outbox.publish(connection, List.of(placed("1"), placed("2")));
            connection.commit();
            outbox.publish(connection, placed("3"));
            connection.rollback();
            Savepoint savepoint = connection.setSavepoint();
            outbox.publish(connection, placed("4"));
            connection.rollback(savepoint);
            outbox.publish(connection, placed("5"));
            connection.commit();
        }
        List<PublishedEvent> events = published(database, slot);
        assertEquals(
                List.of("1", "2", "5"), events.stream().map(PublishedEvent::key).toList());
        assertEquals("{\"order\":\"5\"}", new String(events.get(2).payload(), StandardCharsets.UTF_8));
        assertEquals(Map.of("tenant", "a"), events.get(2).headers());
    }

    private static List<PublishedEvent> published(TestDatabase database, String slot) throws Exception {
        List<PublishedEvent> events = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT data FROM pg_logical_slot_get_binary_changes('" + slot
                        + "', NULL, NULL, 'proto_version', '1', 'publication_names', 'nothing', 'messages', 'true')")) {
            while (rows.next()) {
                ByteBuffer message = ByteBuffer.wrap(rows.getBytes(1));
                // 'M', flags, LSN, prefix with a NUL, length, content (PostgreSQL manual, "Logical Replication Message
                // Formats")
                if (message.get() == 'M') {
                    message.position(10 + EventMessage.PREFIX.length() + 1);
                    byte[] content = new byte[message.getInt()];
                    message.get(content);
                    events.add(EventMessage.decode(content));
                }
            }
        } finally {
            database.execute("SELECT pg_drop_replication_slot('" + slot + "')");
        }
        return events;
    }
}
