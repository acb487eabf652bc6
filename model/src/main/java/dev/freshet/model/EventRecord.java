package dev.freshet.model;

import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An event with its place in the source, ready for its topic. An immutable value but for its arrays, which nobody may write to. */
public final class EventRecord implements TopicRecord {
    private final PublishedEvent event;
    private final Position position;
    private final Instant committedAt;
    private final byte @Nullable [] key;
    private final int bytes;

    /**
     * Creates one.
     *
     * @param position where the event was committed
     * @param committedAt when, by the source's clock
     */
    public EventRecord(PublishedEvent event, Position position, Instant committedAt) {
        this.event = event;
        this.position = Objects.requireNonNull(position, "position");
        this.committedAt = Objects.requireNonNull(committedAt, "committedAt");
        this.key = event.key() == null ? null : event.key().getBytes(StandardCharsets.UTF_8);
        int size = event.payload().length + (key == null ? 0 : key.length);
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            size += header.getKey().length() + header.getValue().length();
        }
        this.bytes = size;
    }

    /** Returns the event. */
    public PublishedEvent event() {
        return event;
    }

    @Override
    public String stream() {
        return event.stream();
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public Instant committedAt() {
        return committedAt;
    }

    @Override
    public byte @Nullable [] key() {
        return key;
    }

    @Override
    public byte[] value() {
        return event.payload();
    }

    @Override
    public int bytes() {
        return bytes;
    }

    /** Names the event without its data. */
    @Override
    public String toString() {
        return event + " at " + position;
    }
}
