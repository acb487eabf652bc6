package dev.freshet.outbox;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A client of a database whose transactions are not bound to a thread, with the adapter under test. Safe to share. */
public interface OutboxClient extends AutoCloseable {
    /**
     * Begins a transaction on a connection of its own, changes something, publishes a single event or several, and ends the
     * transaction, also if publishing failed.
     *
     * @return the ids, or why publishing failed
     */
    CompletableFuture<List<UUID>> transaction(SqlOutbox outbox, String change, List<Event> events, boolean commit);

    /** Publishes on a new connection: before its first transaction, or when that has committed. */
    CompletableFuture<List<UUID>> publishOutside(SqlOutbox outbox, boolean afterTransaction, Event event);

    @Override
    void close();
}
