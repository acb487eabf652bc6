package dev.freshet.outbox.vertx;

import dev.freshet.model.FreshetException;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventBatch;
import dev.freshet.outbox.EventRefusedException;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.outbox.SqlStatement;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * Publishes events inside the caller's own transaction over the SQL client of Vert.x: they are published if it commits, and
 * never otherwise. Safe to share between threads; call it on the connection's context, as in the function that
 * {@code pool.withTransaction(…)} is given.
 *
 * <p>The statement is sent by the call, and a future cannot be cancelled. A transaction that was begun by SQL alone, and not by
 * {@code withTransaction(…)} or {@code begin()}, is unknown to the client, and what is published in it is refused.
 */
public final class VertxOutbox {
    private final SqlOutbox outbox;

    private VertxOutbox(SqlOutbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Creates one.
     *
     * @param outbox what tells which events are allowed, and how they reach the relay
     */
    public static VertxOutbox create(SqlOutbox outbox) {
        return new VertxOutbox(outbox);
    }

    /**
     * Publishes an event.
     *
     * @param connection the caller's connection, in the transaction that the event belongs to; it is neither committed nor closed
     * @return the event's id, or as a failure: {@link EventRefusedException} if the event is not allowed;
     *     {@link dev.freshet.model.ConfigurationException} if the database lacks what it needs, or no transaction is open;
     *     {@link dev.freshet.model.RetriableException} if the connection is lost, or the transaction may be tried again;
     *     {@link FreshetException} if the database fails otherwise, and then the transaction is to be rolled back
     */
    public Future<UUID> publish(SqlConnection connection, Event event) {
        return publish(connection, List.of(event)).map(ids -> ids.get(0));
    }

    /**
     * Publishes events, in their order and in one round trip. If one is refused, none is written.
     *
     * @param connection the caller's connection
     * @return their ids, in the same order; failures as for a single one
     */
    public Future<List<UUID>> publish(SqlConnection connection, List<Event> events) {
        EventBatch batch;
        try {
            batch = outbox.batch(events);
        } catch (EventRefusedException e) {
            return Future.failedFuture(e);
        }
        if (batch.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        if (connection.transaction() == null) {
            return Future.failedFuture(
                    batch.outsideTransaction("Publish inside pool.withTransaction(…), or call begin() before"));
        }
        List<SqlStatement> statements = batch.statements();
        return connection
                .preparedQuery(statements.get(0).numbered())
                .executeBatch(statements.stream().map(VertxOutbox::tuple).toList())
                .map(rows -> batch.ids())
                .recover(e -> Future.failedFuture(translate(batch, e)));
    }

    private static Tuple tuple(SqlStatement statement) {
        Tuple tuple = Tuple.tuple();
        for (SqlStatement.Parameter parameter : statement.parameters()) {
            tuple.addValue(parameter.value() instanceof byte[] bytes ? Buffer.buffer(bytes) : parameter.value());
        }
        return tuple;
    }

    private static FreshetException translate(EventBatch batch, Throwable e) {
        String state = e instanceof DatabaseException database ? database.getSqlState() : null;
        // what does not come from the server tells of a connection that is lost
        boolean passes = !(e instanceof DatabaseException) && (e instanceof VertxException || e instanceof IOException);
        int code = e instanceof DatabaseException database ? database.getErrorCode() : 0;
        return batch.failure(state, code, passes, e);
    }
}
