package dev.freshet.outbox.r2dbc;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.outbox.DatabaseAddress;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.OutboxClient;
import dev.freshet.outbox.SqlOutbox;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Transactions over R2DBC, each on a connection of its own. */
public final class R2dbcClient implements OutboxClient {
    private final ConnectionFactory connections;

    R2dbcClient(TestDatabase database) {
        connections = connections(database);
    }

    /** Returns what connects to a database. */
    public static ConnectionFactory connections(TestDatabase database) {
        DatabaseAddress address = DatabaseAddress.of(database);
        return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host(address.host())
                .port(address.port())
                .database(address.name())
                .username(database.user())
                .password(database.password())
                .build());
    }

    private static Mono<Void> execute(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute())
                .concatMap(Result::getRowsUpdated)
                .then();
    }

    private static Publisher<UUID> publish(SqlOutbox outbox, Connection connection, List<Event> events) {
        R2dbcOutbox adapter = R2dbcOutbox.create(outbox);
        return events.size() == 1 ? adapter.publish(connection, events.get(0)) : adapter.publish(connection, events);
    }

    @Override
    public CompletableFuture<List<UUID>> transaction(
            SqlOutbox outbox, String change, List<Event> events, boolean commit) {
        return Mono.usingWhen(
                        connections.create(),
                        connection -> Mono.from(connection.beginTransaction())
                                .then(execute(connection, change))
                                .thenMany(publish(outbox, connection, events))
                                .collectList()
                                .onErrorResume(e -> Mono.from(connection.commitTransaction())
                                        .onErrorResume(second -> Mono.empty())
                                        .then(Mono.error(e)))
                                .flatMap(ids -> Mono.from(
                                                commit
                                                        ? connection.commitTransaction()
                                                        : connection.rollbackTransaction())
                                        .thenReturn(ids)),
                        Connection::close)
                .toFuture();
    }

    @Override
    public CompletableFuture<List<UUID>> publishOutside(SqlOutbox outbox, boolean afterTransaction, Event event) {
        return Mono.usingWhen(
                        connections.create(),
                        connection -> {
                            Mono<Void> before = afterTransaction
                                    ? Mono.from(connection.beginTransaction())
                                            .then(Mono.from(connection.commitTransaction()))
                                    : Mono.empty();
                            return before.thenMany(publish(outbox, connection, List.of(event)))
                                    .collectList();
                        },
                        Connection::close)
                .toFuture();
    }

    @Override
    public void close() {
        // each transaction has closed its connection
    }
}
