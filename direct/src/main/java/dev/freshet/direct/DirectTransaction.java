package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import dev.freshet.outbox.CommitUnknownException;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * A JDBC transaction with the events that are sent after its commit, and never if it rolls back. Made by {@link
 * DirectPublisher#begin}; belongs to the connection's thread.
 *
 * <p>Its events have their places in the queue from {@link #publish} on, so that what was committed is not refused afterwards. If
 * the process dies, or the connection breaks during the commit, an event of a committed transaction may be lost.
 */
public final class DirectTransaction implements AutoCloseable {
    private final Engine engine;
    private final Connection connection;
    private final boolean hadAutoCommit;
    private final List<Admitted> events = new ArrayList<>();
    private boolean ended;

    DirectTransaction(Engine engine, Connection connection) {
        this.engine = engine;
        this.connection = connection;
        try {
            hadAutoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw failure("The transaction could not be begun", e);
        }
    }

    /**
     * Takes an event, to be sent after the commit. It may wait for room in the queue, with the transaction open, as long as {@link
     * DirectPublisher#publish(Event)} does.
     *
     * @return the event's id
     * @throws dev.freshet.outbox.EventRefusedException if the event is not allowed, or its parked key is full
     * @throws dev.freshet.model.RetriableException if the queue stays full
     * @throws IllegalStateException if the transaction has ended
     */
    public UUID publish(Event event) {
        requireOpen();
        Admitted admitted = engine.admission().admit(List.of(event)).get(0);
        events.add(admitted);
        return admitted.event().id();
    }

    /**
     * Commits, and sends the events.
     *
     * @return what becomes of each event, in the order of their publishing
     * @throws dev.freshet.outbox.CommitUnknownException if the connection is lost meanwhile; then nothing is sent, although the
     *     transaction may have committed
     * @throws dev.freshet.model.RetriableException if the transaction may be tried again; nothing is sent
     * @throws FreshetException if the database fails otherwise; nothing is sent either
     * @throws IllegalStateException if the transaction has ended
     */
    public List<CompletionStage<Outcome>> commit() {
        requireOpen();
        try {
            connection.commit();
        } catch (SQLException e) {
            throw CommitUnknownException.mayBe(e)
                    ? new CommitUnknownException("The transaction, whose events are not sent,", e)
                    : failure("The transaction could not be committed", e);
        }
        ended = true;
        List<CompletionStage<Outcome>> stages = engine.send(List.copyOf(events));
        events.clear();
        return stages;
    }

    /**
     * Rolls back if nothing was committed, forgets the events, and sets auto-commit as it was; the connection stays open.
     *
     * @throws FreshetException if the database fails
     */
    @Override
    public void close() {
        try {
            if (!ended) {
                ended = true;
                engine.admission().release(events);
                events.clear();
                connection.rollback();
            }
            connection.setAutoCommit(hadAutoCommit);
        } catch (SQLException e) {
            throw failure("The transaction could not be ended", e);
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("This DirectTransaction has ended; begin(connection) another");
        }
    }

    private static FreshetException failure(String what, SQLException e) {
        String advice = "look at the database's own message";
        return SqlFailure.of(what, advice, advice, e);
    }
}
