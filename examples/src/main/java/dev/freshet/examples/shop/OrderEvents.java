package dev.freshet.examples.shop;

import dev.freshet.outbox.Event;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * How the shop publishes what happens to its orders: in the transaction that does it. Safe to share between threads; a
 * transaction belongs to its connection's thread.
 */
public interface OrderEvents extends AutoCloseable {
    /** The stream of all events of orders; their key is the order's. */
    String STREAM = "order-events";

    /** The header that tells who published an event; the shop's have {@link #SHOP} in it. */
    String PUBLISHER = "publisher";

    /** The shop, as its events name it. */
    String SHOP = "shop";

    /**
     * The payload of {@code order-placed}.
     *
     * @param order the order's key
     * @param customer who placed it
     * @param total its price
     */
    record Placed(long order, long customer, BigDecimal total) {}

    /**
     * The payload of {@code order-cancelled}.
     *
     * @param order the order's key
     */
    record Cancelled(long order) {}

    /**
     * Begins a transaction.
     *
     * @param connection a worker's own, with auto-commit off
     */
    Transaction begin(Connection connection);

    /**
     * Publishes again what was committed and did not get away. To be called over each new connection, with auto-commit off, and
     * at the end.
     *
     * @throws SQLException if the database fails; what is left is published the next time
     */
    default void settle(Connection connection) throws SQLException {
        // whose events are a part of the transaction has nothing to settle
    }

    /** Gives back what it holds; the shop has stopped. */
    @Override
    default void close() {}

    /** A transaction and its events, which are published if it commits and never otherwise. */
    interface Transaction extends AutoCloseable {
        /**
         * Publishes an event.
         *
         * @return its id
         * @throws dev.freshet.model.FreshetException if it is refused, or the database fails
         */
        UUID publish(Event event);

        /**
         * Commits.
         *
         * @throws dev.freshet.outbox.CommitUnknownException or SQLException if the connection is lost; then it may be committed or not
         */
        void commit() throws SQLException;

        /** Rolls back what was not committed; the connection stays open. */
        @Override
        void close() throws SQLException;
    }
}
