package dev.freshet.bench.load;

import dev.freshet.bench.BenchException;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.Outbox;
import dev.freshet.outbox.SqlOutbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Events that a service, which has the {@link BenchTable} too, publishes by Freshet's outbox: rows of its table, or messages in the log. */
public final class OutboxEvents implements Load, Publishing {
    /** The stream that they belong to. */
    public static final String STREAM = "order-events";

    private static final String TABLE = "freshet_outbox";

    private final Outbox outbox;
    private final String table;

    private final List<String> migrations;

    private OutboxEvents(Outbox outbox, String table, List<String> migrations) {
        this.outbox = outbox;
        this.table = table;
        this.migrations = migrations;
    }

    /** Returns a load of rows of the outbox table. */
    public static OutboxEvents rows() {
        return new OutboxEvents(
                SqlOutbox.table(Dialect.POSTGRESQL).streams(STREAM).build(),
                TABLE,
                List.of(Dialect.POSTGRESQL.migration()));
    }

    /** Returns a load of rows of an outbox table that is polled. */
    public static OutboxEvents polledRows() {
        return new OutboxEvents(
                SqlOutbox.table(Dialect.POSTGRESQL).streams(STREAM).build(),
                TABLE,
                List.of(
                        Dialect.POSTGRESQL.migration(),
                        Dialect.POSTGRESQL.pollingMigration().orElseThrow()));
    }

    /** Returns a load of messages in the log. */
    public static OutboxEvents messages() {
        return new OutboxEvents(
                SqlOutbox.walMessages().streams(STREAM).build(),
                BenchTable.NAME,
                List.of(Dialect.POSTGRESQL.migration()));
    }

    @Override
    public void publish(Connection connection, long id) {
        outbox.publish(connection, event(id));
    }

    /** Returns the same for a service that publishes last, and commits along. */
    public Publishing committing() {
        return (connection, id) -> outbox.publishAndCommit(connection, event(id));
    }

    private static Event event(long id) {
        return Event.builder(STREAM, Events.TYPE)
                .key(Events.key(id))
                .payload(Events.payload(id))
                .build();
    }

    @Override
    public void create(Connection connection) throws SQLException {
        BenchTable.create(connection, BenchTable.NAME);
        for (String migration : migrations) {
            BenchTable.execute(connection, text(migration));
        }
    }

    private static String text(String name) {
        try (InputStream file = SqlOutbox.class.getClassLoader().getResourceAsStream(name)) {
            if (file == null) {
                throw new BenchException("There is no " + name + " on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BenchException("The file " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String table() {
        return table;
    }

    @Override
    public Writer open(DataSource database) throws SQLException {
        return new JdbcWriter(database) {
            @Override
            void insert(long first, long last) {
                List<Event> events = new ArrayList<>();
                for (long id = first; id <= last; id++) {
                    events.add(event(id));
                }
                outbox.publish(connection(), events);
            }
        };
    }
}
