package dev.freshet.model.event;

import java.util.Arrays;
import java.util.List;

/** The columns of an outbox table that make an event, whichever database holds it. */
public enum OutboxColumn {
    /** The event's id. */
    ID("id"),
    /** Its stream. */
    STREAM("stream"),
    /** What it is about; null if its order does not matter. */
    KEY("event_key"),
    /** What happened. */
    TYPE("event_type"),
    /** The payload's media type. */
    CONTENT_TYPE("content_type"),
    /** Further headers, as a JSON object of texts; null for none. */
    HEADERS("headers"),
    /** A payload that is JSON; null for another. */
    PAYLOAD("payload"),
    /** A payload that is not JSON; null for one that is. */
    PAYLOAD_BYTES("payload_bytes");

    private final String text;

    OutboxColumn(String text) {
        this.text = text;
    }

    /** Returns the column's name. */
    public String text() {
        return text;
    }

    /** Returns the names of all, in their order. */
    public static List<String> names() {
        return Arrays.stream(values()).map(OutboxColumn::text).toList();
    }
}
