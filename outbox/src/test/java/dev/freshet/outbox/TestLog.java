package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.event.EventMessage;
import dev.freshet.model.event.PublishedEvent;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database's log, read by a slot of its own. */
record TestLog(TestDatabase database, String slot) {
    /** Begins to keep the log. */
    static TestLog begin(TestDatabase database) throws Exception {
        String slot = "s_" + database.name();
        database.execute(
                "CREATE PUBLICATION nothing", "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        return new TestLog(database, slot);
    }

    /** Returns the events that stand in the log since it began, and ends it. */
    List<PublishedEvent> published() throws Exception {
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
