package dev.freshet.outbox;

import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A business event, as a service names it. An immutable value; its payload is read when it is published.
 *
 * <p>What it holds is checked when it is published, by the {@link Outbox}, whose settings decide what is allowed.
 */
public final class Event {
    private final String stream;
    private final String type;
    private final @Nullable UUID id;
    private final @Nullable String key;
    private final boolean unordered;
    private final @Nullable Object payload;
    private final @Nullable String contentType;
    private final Map<String, String> headers;

    private Event(Builder b) {
        stream = b.stream;
        type = b.type;
        id = b.id;
        key = b.key;
        unordered = b.unordered;
        payload = b.payload;
        contentType = b.contentType;
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(b.headers));
    }

    /**
     * Begins an event.
     *
     * @param stream the stream that it belongs to, as the relay's configuration names it
     * @param type what happened, such as {@code order-placed}; the header {@code ce_type}
     */
    public static Builder builder(String stream, String type) {
        return new Builder(stream, type);
    }

    /**
     * Returns an event as it has left its service, to be published once more as the same one: it keeps its id, and the trace context in
     * which it was published first.
     */
    public static Event of(PublishedEvent published) {
        Builder b = new Builder(published.stream(), published.type())
                .id(published.id())
                .payload(published.payload(), published.contentType());
        b.key = published.key();
        b.unordered = published.key() == null;
        published.headers().forEach(b::header);
        return b.build();
    }

    /** Begins an event with all that this one has, its id too; the payload is not copied. */
    public Builder toBuilder() {
        Builder b = new Builder(stream, type);
        b.headers.putAll(headers);
        b.id = id;
        b.key = key;
        b.unordered = unordered;
        b.payload = payload;
        b.contentType = contentType;
        return b;
    }

    /** Returns the stream that it belongs to. */
    public String stream() {
        return stream;
    }

    /** Returns what happened. */
    public String type() {
        return type;
    }

    /** Returns its id, or null if it gets one when it is published. */
    public @Nullable UUID id() {
        return id;
    }

    /** Returns what it is about, or null. */
    public @Nullable String key() {
        return key;
    }

    /** Returns whether its order does not matter, so that it needs no key. */
    public boolean isUnordered() {
        return unordered;
    }

    /** Returns the payload: an object for the outbox's codec, or the bytes if it has a {@link #contentType}. */
    public @Nullable Object payload() {
        return payload;
    }

    /** Returns the media type of a payload that is encoded already, or null for one that the codec encodes. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** Returns its headers by name, in their order. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Names the event without its data. */
    @Override
    public String toString() {
        return "event" + (id == null ? "" : " " + id) + " of type '" + type + "' for stream '" + stream + '\'';
    }

    /** Collects what an event holds. Belongs to one thread. */
    public static final class Builder {
        private final String stream;
        private final String type;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable UUID id;
        private @Nullable String key;
        private boolean unordered;
        private @Nullable Object payload;
        private @Nullable String contentType;

        private Builder(String stream, String type) {
            this.stream = Objects.requireNonNull(stream, "stream");
            this.type = Objects.requireNonNull(type, "type");
        }

        /**
         * Sets its id. Default: a new one, so that publishing twice gives two events. The same id again is the same event.
         *
         * @param value a UUID of version 7, as {@link EventIds#of} makes it of a time and a name, or {@link EventIds#next} anew
         */
        public Builder id(UUID value) {
            id = Objects.requireNonNull(value, "id");
            return this;
        }

        /** Has it get a new id when it is published, as by default: for another event than the one that {@link #toBuilder} was asked of. */
        public Builder newId() {
            id = null;
            return this;
        }

        /** Sets what it is about: the record's key. Events of one key stay in the order of their commits. Default: none. */
        public Builder key(String value) {
            key = Objects.requireNonNull(value, "key");
            return this;
        }

        /** Says that its order does not matter, so that it needs no key. Default: it does, and an event without a key is refused. */
        public Builder unordered() {
            unordered = true;
            return this;
        }

        /** Sets the payload as an object that the outbox's codec encodes, JSON by default. */
        public Builder payload(Object value) {
            payload = Objects.requireNonNull(value, "payload");
            contentType = null;
            return this;
        }

        /**
         * Sets the payload as bytes, which reach the topic as they are.
         *
         * @param value the bytes; not copied, and not to be written to afterwards
         * @param mediaType what they are; the header {@code content-type}
         */
        public Builder payload(byte[] value, String mediaType) {
            payload = Objects.requireNonNull(value, "payload");
            contentType = Objects.requireNonNull(mediaType, "mediaType");
            return this;
        }

        /** Adds a header of the record, in place of one of that name. Default: none but {@code traceparent}, if there is one. */
        public Builder header(String name, String value) {
            headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Returns the event. */
        public Event build() {
            return new Event(this);
        }
    }
}
