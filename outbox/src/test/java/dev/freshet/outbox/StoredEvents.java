package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.event.OutboxColumn;
import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** What stands in an outbox table, whichever database holds it. */
final class StoredEvents {
    private StoredEvents() {}

    /** Reads a row's id. */
    interface Ids {
        UUID of(ResultSet row) throws SQLException;
    }

    /** Returns it in the order of the ids, and looks whether each payload stands in the column for it. */
    static List<PublishedEvent> of(Database database, Ids ids) throws SQLException {
        List<PublishedEvent> events = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT " + String.join(", ", OutboxColumn.names()) + " FROM freshet_outbox ORDER BY id")) {
            while (row.next()) {
                events.add(event(row, ids.of(row)));
            }
        }
        return events;
    }

    private static PublishedEvent event(ResultSet row, UUID id) throws SQLException {
        String contentType = row.getString("content_type");
        boolean json = contentType.equals("application/json");
        String text = row.getString("payload");
        byte[] bytes = row.getBytes("payload_bytes");
        assertEquals(json, text != null, "JSON stands in payload");
        assertEquals(json, bytes == null, "anything else stands in payload_bytes");
        return new PublishedEvent(
                id,
                row.getString("stream"),
                row.getString("event_key"),
                row.getString("event_type"),
                contentType,
                headers(row.getString("headers")),
                json ? text.getBytes(StandardCharsets.UTF_8) : bytes);
    }

    private static Map<String, String> headers(String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (json != null) {
            new JsonMapper()
                    .readTree(json)
                    .properties()
                    .forEach(field ->
                            headers.put(field.getKey(), field.getValue().stringValue()));
        }
        return headers;
    }
}
