package dev.freshet.outbox;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;

/**
 * Publishes events inside the caller's own transaction: they are published if it commits, and never otherwise. Safe to share
 * between threads.
 */
public interface Outbox {
    /**
     * Publishes an event.
     *
     * @param connection the caller's connection, in the transaction that the event belongs to; it is neither committed nor closed
     * @return the event's id
     * @throws EventRefusedException if the event is not allowed
     * @throws dev.freshet.model.ConfigurationException if the database lacks what it needs, or the connection commits by itself
     * @throws dev.freshet.model.RetriableException if the connection is lost, or the transaction may be tried again
     * @throws dev.freshet.model.FreshetException if the database fails otherwise; then the transaction is to be rolled back
     */
    default UUID publish(Connection connection, Event event) {
        return publish(connection, List.of(event)).get(0);
    }

    /**
     * Publishes events, in their order and in one round trip. If one is refused, none is written.
     *
     * @param connection the caller's connection
     * @return their ids, in the same order
     * @throws EventRefusedException as for a single one
     */
    List<UUID> publish(Connection connection, List<Event> events);

    /**
     * Publishes an event as the last thing of its transaction, and commits. Where the database allows it, PostgreSQL with its own
     * driver, both take one round trip, that of the commit. Not for a transaction whose commit is another's, such as a
     * framework's or that of XA, which may not notice.
     *
     * @param connection the caller's connection, in the transaction that the event belongs to; it is not closed
     * @return the event's id
     * @throws CommitUnknownException if the connection is lost meanwhile: the transaction has committed with its event, or neither
     *     is there
     * @throws EventRefusedException as {@link #publish(Connection, Event)} does; nothing is committed
     * @throws dev.freshet.model.ConfigurationException as above
     * @throws dev.freshet.model.RetriableException if the transaction may be tried again; it has not committed
     * @throws dev.freshet.model.FreshetException if the database fails otherwise; it has not committed and is to be rolled back
     */
    UUID publishAndCommit(Connection connection, Event event);
}
