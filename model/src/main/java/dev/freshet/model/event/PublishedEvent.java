package dev.freshet.model.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it leaves its service: checked, its payload encoded.
 *
 * <p>Holds the payload without copying it; nobody may write to it.
 *
 * @param id its id, a UUID of version 7, unique in its source
 * @param stream the stream that it belongs to
 * @param key what it is about: events of one key stay in order; null for one whose order does not matter
 * @param type what happened, such as {@code order-placed}
 * @param contentType the payload's media type
 * @param headers further headers by name, in their order, such as {@code traceparent}
 * @param payload the encoded payload
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record PublishedEvent(
        UUID id,
        String stream,
        @Nullable String key,
        String type,
        String contentType,
        Map<String, String> headers,
        byte[] payload) {
    /** Copies the headers. */
    public PublishedEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(contentType, "contentType");
        Objects.requireNonNull(payload, "payload");
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Returns the event for another stream, with further headers and without those of its own that {@link EventRules} forbid. */
    public PublishedEvent forStream(String other, Map<String, String> further) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.keySet().removeIf(EventRules::isTaken);
        all.putAll(further);
        return new PublishedEvent(id, other, key, type, contentType, all, payload);
    }

    /** Names the event without its data. */
    @Override
    public String toString() {
        return "event " + id + " (" + type + ") of stream '" + stream + '\'';
    }
}
