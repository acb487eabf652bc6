package dev.freshet.outbox.vertx;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.outbox.DatabaseAddress;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.OutboxClient;
import dev.freshet.outbox.SqlOutbox;
import io.vertx.core.Future;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Transactions over the client of Vert.x, on several event loops. */
public final class VertxClient implements OutboxClient {
    private final Pool pool;

    VertxClient(TestDatabase database) {
        pool = pool(database);
    }

    /** Returns a pool of a database, which the caller closes. */
    public static Pool pool(TestDatabase database) {
        DatabaseAddress address = DatabaseAddress.of(database);
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(8).setEventLoopSize(4))
                .connectingTo(new PgConnectOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setDatabase(address.name())
                        .setUser(database.user())
                        .setPassword(database.password()))
                .build();
    }

    private static Future<List<UUID>> publish(SqlOutbox outbox, SqlConnection connection, List<Event> events) {
        VertxOutbox adapter = VertxOutbox.create(outbox);
        return events.size() == 1
                ? adapter.publish(connection, events.get(0)).map(List::of)
                : adapter.publish(connection, events);
    }

    @Override
    public CompletableFuture<List<UUID>> transaction(
            SqlOutbox outbox, String change, List<Event> events, boolean commit) {
        return pool.withConnection(connection -> connection.begin().compose(transaction -> connection
                        .query(change)
                        .execute()
                        .compose(rows -> publish(outbox, connection, events))
                        .transform((ids, e) -> end(transaction, commit || e != null)
                                .transform((none, second) ->
                                        e == null ? Future.succeededFuture(ids) : Future.failedFuture(e)))))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static Future<Void> end(Transaction transaction, boolean commit) {
        return commit ? transaction.commit() : transaction.rollback();
    }

    @Override
    public CompletableFuture<List<UUID>> publishOutside(SqlOutbox outbox, boolean afterTransaction, Event event) {
        return pool.withConnection(connection -> {
                    Future<Void> before = afterTransaction
                            ? connection.begin().compose(Transaction::commit)
                            : Future.succeededFuture();
                    return before.compose(none -> publish(outbox, connection, List.of(event)));
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public void close() {
        pool.close().toCompletionStage().toCompletableFuture().join();
    }
}
