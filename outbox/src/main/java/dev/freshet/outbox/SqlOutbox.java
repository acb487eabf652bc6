package dev.freshet.outbox;

import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes by a statement of the service's own database: a row of the outbox table, or a message in its log.
 *
 * <p>Over JDBC with {@link #publish}; over R2DBC with {@code dev.freshet.outbox.r2dbc}, over Vert.x with
 * {@code dev.freshet.outbox.vertx}; for any other client {@link #statement} gives the statement.
 */
public final class SqlOutbox implements Outbox {
    static final String STREAM_ADVICE = "add it to streams(…) and to the relay's configuration";

    private final Way way;
    private final EventChecks checks;

    private SqlOutbox(Builder b) {
        way = b.way;
        checks = b.checks.build();
    }

    /** Begins an outbox that inserts each event as a row of the table that the dialect's {@link Dialect#migration} makes. */
    public static Builder table(Dialect dialect) {
        return new Builder(new OutboxTable(dialect));
    }

    /**
     * Begins an outbox that writes each event into PostgreSQL's log alone: no table, nothing to clear. The relay must read the log
     * before the server drops it; the same id twice is two events.
     */
    public static Builder walMessages() {
        return new Builder(new WalMessages());
    }

    /**
     * Returns the statement that publishes an event, to be run in the transaction that it belongs to.
     *
     * @throws EventRefusedException if the event is not allowed
     */
    public SqlStatement statement(Event event) {
        return way.of(checks.encode(event));
    }

    /**
     * Returns the statements that publish events, to be run in the transaction that they belong to, with the ids and errors of
     * them: for who adapts another client.
     *
     * @throws EventRefusedException if one of the events is not allowed
     */
    public EventBatch batch(List<Event> events) {
        return new EventBatch(way, events.stream().map(checks::encode).toList());
    }

    @Override
    public List<UUID> publish(Connection connection, List<Event> events) {
        EventBatch batch = batch(events);
        if (batch.isEmpty()) {
            return List.of();
        }
        try {
            requireTransaction(connection, batch);
            run(connection, sql(events), batch.statements());
        } catch (SQLException e) {
            throw translate(batch, e);
        }
        return batch.ids();
    }

    @Override
    public UUID publishAndCommit(Connection connection, Event event) {
        if (!way.commitsAlong()) {
            UUID id = publish(connection, event);
            commit(event, connection::commit);
            return id;
        }
        List<Event> events = List.of(event);
        EventBatch batch = batch(events);
        try {
            requireTransaction(connection, batch);
        } catch (SQLException e) {
            throw translate(batch, e);
        }
        commit(event, () -> run(connection, sql(events) + "; COMMIT", batch.statements()));
        return batch.ids().get(0);
    }

    /** What ends with a commit. */
    private interface Commit {
        void run() throws SQLException;
    }

    private void commit(Event event, Commit commit) {
        try {
            commit.run();
        } catch (SQLException e) {
            throw CommitUnknownException.mayBe(e)
                    ? new CommitUnknownException("The " + event + " and its transaction", e)
                    : SqlFailure.of(
                            "The " + event + " could not be published and committed",
                            way.whereMissing(),
                            way.whereForbidden(),
                            e);
        }
    }

    private String sql(List<Event> events) {
        return events.stream().allMatch(event -> event.id() == null) ? way.sqlOfNewIds() : way.sql();
    }

    private static void requireTransaction(Connection connection, EventBatch batch) throws SQLException {
        if (connection.getAutoCommit()) {
            throw batch.outsideTransaction();
        }
    }

    private static void run(Connection connection, String sql, List<SqlStatement> events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (SqlStatement event : events) {
                bind(statement, event.parameters());
                if (events.size() == 1) {
                    statement.execute();
                } else {
                    statement.addBatch();
                }
            }
            if (events.size() > 1) {
                statement.executeBatch();
            }
        }
    }

    private static void bind(PreparedStatement statement, List<SqlStatement.Parameter> parameters) throws SQLException {
        int index = 0;
        for (SqlStatement.Parameter parameter : parameters) {
            index++;
            Object value = parameter.value();
            if (value == null) {
                statement.setNull(index, parameter.type() == byte[].class ? Types.BINARY : Types.VARCHAR);
            } else if (value instanceof byte[] bytes) {
                statement.setBytes(index, bytes);
            } else {
                statement.setObject(index, value);
            }
        }
    }

    private static FreshetException translate(EventBatch batch, SQLException e) {
        return batch.failure(e.getSQLState(), e.getErrorCode(), SqlFailure.passes(e), e);
    }

    /** Collects an outbox's settings. Belongs to one thread. */
    public static final class Builder {
        /** How many bytes an event has at most by default: a record of Kafka's default size, less what stands around it. */
        public static final int DEFAULT_MAX_BYTES = EventChecks.DEFAULT_MAX_BYTES;

        private final Way way;
        private final EventChecks.Builder checks = EventChecks.builder();

        private Builder(Way way) {
            this.way = way;
        }

        /** Names the streams that the relay knows; an event for another is refused. Default: any that has an allowed name. */
        public Builder streams(String... names) {
            checks.streams(Set.of(names), STREAM_ADVICE);
            return this;
        }

        /** Sets what encodes payloads that are objects. Default: {@link JsonCodec}. */
        public Builder codec(EventCodec value) {
            checks.codec(value);
            return this;
        }

        /**
         * Sets how many bytes an event may have, key and headers included. Default: {@value #DEFAULT_MAX_BYTES}.
         *
         * @param value from 1
         */
        public Builder maxBytes(int value) {
            checks.maxBytes(value);
            return this;
        }

        /** Sets the clock of new events' ids. Default: the system's. */
        public Builder clock(InstantSource value) {
            checks.clock(value);
            return this;
        }

        /**
         * Sets what tells the W3C trace context of the work that publishes, which travels in the header {@code traceparent};
         * null where there is none. Asked on the thread that publishes. Default: none.
         */
        public Builder traceParent(Supplier<@Nullable String> value) {
            checks.traceParent(value::get);
            return this;
        }

        /** Returns the outbox. */
        public SqlOutbox build() {
            return new SqlOutbox(this);
        }
    }
}
