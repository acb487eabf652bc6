package dev.freshet.examples.shop;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.direct.DirectTransaction;
import dev.freshet.direct.Outcome;
import dev.freshet.model.FreshetException;
import dev.freshet.outbox.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Events that are sent straight to Kafka after the commit.
 *
 * <p>A connection that breaks during a commit leaves open whether that was done, and the publisher does not send its events. The
 * shop remembers them and, over its next connection, publishes those that its journal has, under the same ids. The server's
 * death ended the former session, so the journal's answer is final; where only the network may break, the former session must be
 * known to have ended before it is asked.
 */
final class DirectEvents implements OrderEvents {
    private static final String IN_JOURNAL = "SELECT 1 FROM event_journal WHERE event_id = ?";

    private final DirectPublisher publisher;
    private final Queue<Event> open = new ConcurrentLinkedQueue<>();

    DirectEvents(DirectPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public Transaction begin(Connection connection) {
        return new Sending(publisher.begin(connection));
    }

    @Override
    public void settle(Connection connection) throws SQLException {
        try (PreparedStatement journal = connection.prepareStatement(IN_JOURNAL)) {
            for (Event event = open.peek(); event != null; event = open.peek()) {
                journal.setObject(1, event.id());
                try (ResultSet row = journal.executeQuery()) {
                    // another worker may have had it meanwhile
                    if (open.remove(event) && row.next()) {
                        publishAgain(event);
                    }
                }
            }
        }
        connection.rollback();
    }

    private void publishAgain(Event event) {
        try {
            watch(event, publisher.publish(event));
        } catch (FreshetException e) {
            open.add(event);
            throw e;
        }
    }

    /** Where neither Kafka nor the table of undelivered events took an event, it is published again. */
    private void watch(Event event, CompletionStage<Outcome> stage) {
        CompletionStage<Outcome> unused = stage.whenComplete((outcome, failure) -> {
            if (failure != null) {
                open.add(event);
            }
        });
    }

    @Override
    public void close() {
        publisher.close();
    }

    private final class Sending implements Transaction {
        private final DirectTransaction transaction;
        private final List<Event> events = new ArrayList<>();

        Sending(DirectTransaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public UUID publish(Event event) {
            UUID id = transaction.publish(event);
            events.add(event.toBuilder().id(id).build());
            return id;
        }

        @Override
        public void commit() {
            List<CompletionStage<Outcome>> stages;
            try {
                stages = transaction.commit();
            } catch (FreshetException e) {
                open.addAll(events);
                throw e;
            }
            for (int i = 0; i < stages.size(); i++) {
                watch(events.get(i), stages.get(i));
            }
        }

        @Override
        public void close() {
            transaction.close();
        }
    }
}
