package dev.freshet.examples.shop;

import dev.freshet.outbox.Event;
import dev.freshet.outbox.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Events that are written by a statement of the transaction itself; a relay takes them to Kafka afterwards. */
final class OutboxEvents implements OrderEvents {
    private final Outbox outbox;

    OutboxEvents(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public Transaction begin(Connection connection) {
        return new Transaction() {
            @Override
            public UUID publish(Event event) {
                return outbox.publish(connection, event);
            }

            @Override
            public void commit() throws SQLException {
                connection.commit();
            }

            @Override
            public void close() throws SQLException {
                // the driver does nothing where nothing was begun since the commit
                connection.rollback();
            }
        };
    }
}
