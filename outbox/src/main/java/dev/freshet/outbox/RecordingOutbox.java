package dev.freshet.outbox;

import dev.freshet.model.event.PublishedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * An outbox for a service's unit tests: it needs no database, refuses what the real one refuses, and keeps what was published.
 * Safe to share between threads.
 *
 * <p>It knows no transactions: what a test rolls back stays in it.
 */
public final class RecordingOutbox implements Outbox {
    private final EventChecks checks;
    private final List<PublishedEvent> published = new ArrayList<>();

    /** Creates one that takes every stream and encodes payloads as JSON. */
    public RecordingOutbox() {
        this(new JsonCodec());
    }

    /**
     * Creates one with the service's own codec, that takes the streams that the service's outbox takes.
     *
     * @param streams their names; none for any
     */
    public RecordingOutbox(EventCodec codec, String... streams) {
        checks = EventChecks.builder()
                .streams(Set.of(streams), SqlOutbox.STREAM_ADVICE)
                .codec(codec)
                .build();
    }

    /**
     * Keeps the events.
     *
     * @param connection not looked at; whatever the code under test has
     */
    @Override
    public synchronized List<UUID> publish(Connection connection, List<Event> events) {
        List<PublishedEvent> encoded = events.stream().map(checks::encode).toList();
        published.addAll(encoded);
        return encoded.stream().map(PublishedEvent::id).toList();
    }

    /**
     * Keeps the event, and commits the connection.
     *
     * @param connection whatever the code under test has
     * @throws IllegalStateException if its commit fails
     */
    @Override
    public UUID publishAndCommit(Connection connection, Event event) {
        UUID id = publish(connection, event);
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("The connection of the test could not commit: " + e.getMessage(), e);
        }
        return id;
    }

    /** Returns what was published so far, in its order, the same id once. */
    public synchronized List<PublishedEvent> events() {
        List<PublishedEvent> once = new ArrayList<>();
        for (PublishedEvent event : published) {
            if (once.stream().noneMatch(e -> e.id().equals(event.id()))) {
                once.add(event);
            }
        }
        return once;
    }

    /** Forgets it. */
    public synchronized void clear() {
        published.clear();
    }
}
