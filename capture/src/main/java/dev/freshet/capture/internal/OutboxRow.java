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
import java.util.Objects;
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
        UUID id = id(row.getObject(OutboxColumn.ID.text()));
        // as bytes, which is what a text comes as
        byte[] json = row.getBytes(OutboxColumn.PAYLOAD.text());
        byte[] bytes = row.getBytes(OutboxColumn.PAYLOAD_BYTES.text());
        byte[] payload = json == null ? bytes : json;
        try {
            requirePayload(json != null, bytes != null);
            return OutboxReader.Row.of(new PublishedEvent(
                    id,
                    row.getString(OutboxColumn.STREAM.text()),
                    row.getString(OutboxColumn.KEY.text()),
                    row.getString(OutboxColumn.TYPE.text()),
                    row.getString(OutboxColumn.CONTENT_TYPE.text()),
                    headers(row.getString(OutboxColumn.HEADERS.text())),
                    Objects.requireNonNull(payload)));
        } catch (IllegalArgumentException e) {
            return new OutboxReader.Row(
                    id, null, payload == null ? new byte[0] : payload, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Rejects a row that has no payload, or two.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static void requirePayload(boolean json, boolean bytes) {
        if (json == bytes) {
            throw new IllegalArgumentException(
                    "payload and payload_bytes are both " + (json ? "set" : "null") + ", and one of them is to be");
        }
    }

    /** Returns the id that a column holds: as a UUID, its bytes, or its text. */
    public static UUID id(Object value) {
        if (value instanceof byte[] bytes && bytes.length == ID_BYTES) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        return value instanceof UUID uuid ? uuid : UUID.fromString(String.valueOf(value));
    }

    /**
     * Reads the column of further headers.
     *
     * @throws IllegalArgumentException if it is no object of texts
     */
    public static Map<String, String> headers(@Nullable String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (json == null) {
            return headers;
        }
        try {
            JsonReader reader = new JsonReader(json.getBytes(StandardCharsets.UTF_8));
            reader.beginObject();
            while (reader.hasNext()) {
                headers.put(reader.nextName(), reader.nextString());
            }
            reader.end();
        } catch (JsonException e) {
            throw new IllegalArgumentException("headers are no JSON object of texts: " + e.getMessage(), e);
        }
        return headers;
    }
}
