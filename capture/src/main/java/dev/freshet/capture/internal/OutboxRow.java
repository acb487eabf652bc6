package dev.freshet.capture.internal;

import dev.freshet.capture.OutboxReader;
import dev.freshet.model.event.OutboxColumn;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.model.json.JsonException;
import dev.freshet.model.json.JsonReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How an event is read from a row of an outbox table, whichever database holds it. */
public final class OutboxRow {
    private static final int ID_BYTES = 2 * Long.BYTES;

    private OutboxRow() {}

    /**
     * Reads the present row.
     *
     * @param row has the columns of {@link OutboxColumn}
     */
    public static OutboxReader.Row read(ResultSet row) throws SQLException {
        return of(
                id(row.getObject(OutboxColumn.ID.text())),
                row.getString(OutboxColumn.STREAM.text()),
                row.getString(OutboxColumn.KEY.text()),
                row.getString(OutboxColumn.TYPE.text()),
                row.getString(OutboxColumn.CONTENT_TYPE.text()),
                row.getString(OutboxColumn.HEADERS.text()),
                // as bytes, which is what a text comes as
                row.getBytes(OutboxColumn.PAYLOAD.text()),
                row.getBytes(OutboxColumn.PAYLOAD_BYTES.text()));
    }

    /**
     * Returns a row of these columns, with the event that it holds or what is wrong with it.
     *
     * @param json the payload that is JSON
     * @param bytes the payload that is anything else
     */
    public static OutboxReader.Row of(
            UUID id,
            String stream,
            @Nullable String key,
            String type,
            String contentType,
            @Nullable String headers,
            byte @Nullable [] json,
            byte @Nullable [] bytes) {
        byte[] payload = json == null ? bytes : json;
        if (payload == null || (json != null && bytes != null)) {
            return unreadable(
                    id,
                    stream,
                    payload,
                    "payload and payload_bytes are both " + (payload == null ? "null" : "set")
                            + ", and one of them is to be");
        }
        try {
            return OutboxReader.Row.of(
                    new PublishedEvent(id, stream, key, type, contentType, headers(headers), payload));
        } catch (JsonException e) {
            return unreadable(id, stream, payload, "headers are no JSON object of texts: " + e.getMessage());
        }
    }

    private static OutboxReader.Row unreadable(UUID id, String stream, byte @Nullable [] payload, String reason) {
        return new OutboxReader.Row(id, stream, null, payload == null ? new byte[0] : payload, reason);
    }

    /** Returns the id that a column holds: as a UUID, its bytes, or its text. */
    public static UUID id(Object value) {
        if (value instanceof byte[] bytes && bytes.length == ID_BYTES) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        return value instanceof UUID uuid ? uuid : UUID.fromString(String.valueOf(value));
    }

    private static Map<String, String> headers(@Nullable String json) {
        if (json == null) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8));
        reader.beginObject();
        while (reader.hasNext()) {
            headers.put(reader.nextName(), reader.nextString());
        }
        reader.end();
        return headers;
    }
}
