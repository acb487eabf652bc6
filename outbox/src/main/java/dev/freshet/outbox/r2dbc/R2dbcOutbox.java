package dev.freshet.outbox.r2dbc;

import dev.freshet.model.FreshetException;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventBatch;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.outbox.SqlStatement;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Publishes events inside the caller's own transaction over R2DBC: they are published if it commits, and never otherwise. Safe
 * to share between threads.
 *
 * <p>Nothing is done before a publisher is subscribed to, and each subscription publishes once: an event without an id has
 * another each time. The events are checked, encoded and sent on the thread that subscribes, or on the connection's. Whoever
 * cancels must roll back: the statement that runs then runs to its end, its result is read, and none begins after it.
 */
public final class R2dbcOutbox {
    private final SqlOutbox outbox;

    private R2dbcOutbox(SqlOutbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Creates one.
     *
     * @param outbox what tells which events are allowed, and how they reach the relay
     */
    public static R2dbcOutbox create(SqlOutbox outbox) {
        return new R2dbcOutbox(outbox);
    }

    /**
     * Publishes an event.
     *
     * @param connection the caller's connection, in the transaction that the event belongs to; it is neither committed nor closed
     * @return the event's id, or as an error: {@link dev.freshet.outbox.EventRefusedException} if the event is not allowed;
     *     {@link dev.freshet.model.ConfigurationException} if the database lacks what it needs, or the connection commits by
     *     itself; {@link dev.freshet.model.RetriableException} if the connection is lost, or the transaction may be tried again;
     *     {@link FreshetException} if the database fails otherwise, and then the transaction is to be rolled back
     */
    public Publisher<UUID> publish(Connection connection, Event event) {
        return publish(connection, List.of(event));
    }

    /**
     * Publishes events, in their order, each by a statement that begins when the one before it is done. If one is refused,
     * none is written.
     *
     * @param connection the caller's connection
     * @return their ids, in the same order, when all are written; errors as for a single one
     */
    public Publisher<UUID> publish(Connection connection, List<Event> events) {
        List<Event> copy = List.copyOf(events);
        return Flux.defer(() -> {
            EventBatch batch = outbox.batch(copy);
            return batch.isEmpty() ? Flux.empty() : write(connection, batch);
        });
    }

    private static Flux<UUID> write(Connection connection, EventBatch batch) {
        StatementGate gate = new StatementGate();
        return Mono.fromRunnable(() -> requireTransaction(connection, batch))
                .thenMany(Flux.fromIterable(batch.statements()))
                .concatMap(statement -> gate.begin(execute(connection, statement)))
                .doOnCancel(gate::close)
                .onErrorMap(e -> translate(batch, e))
                .thenMany(Flux.fromIterable(batch.ids()));
    }

    private static void requireTransaction(Connection connection, EventBatch batch) {
        if (connection.isAutoCommit()) {
            throw batch.outsideTransaction();
        }
    }

    private static Mono<Void> execute(Connection connection, SqlStatement event) {
        return Flux.defer(() -> bind(connection.createStatement(event.numbered()), event.parameters())
                        .execute())
                .concatMap(Result::getRowsUpdated)
                .then();
    }

    private static Statement bind(Statement statement, List<SqlStatement.Parameter> parameters) {
        int index = 0;
        for (SqlStatement.Parameter parameter : parameters) {
            Object value = parameter.value();
            if (value == null) {
                statement.bindNull(index, parameter.type() == byte[].class ? ByteBuffer.class : parameter.type());
            } else {
                statement.bind(index, value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
            }
            index++;
        }
        return statement;
    }

    private static Throwable translate(EventBatch batch, Throwable e) {
        if (e instanceof FreshetException) {
            return e;
        }
        String state = e instanceof R2dbcException r2dbc ? r2dbc.getSqlState() : null;
        // PostgreSQL's driver has the second for a lost connection, and for whatever SQLSTATE it does not know
        boolean passes = e instanceof R2dbcTransientException
                || (e instanceof R2dbcNonTransientResourceException && state == null);
        int code = e instanceof R2dbcException r2dbc ? r2dbc.getErrorCode() : 0;
        return batch.failure(state, code, passes, e);
    }
}
