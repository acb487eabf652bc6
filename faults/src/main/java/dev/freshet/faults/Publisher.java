package dev.freshet.faults;

import dev.freshet.model.FreshetException;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;

/**
 * Publishes events in a writer's transactions, as rows of the outbox table and as messages in the log. {@code told}, which is not
 * captured, gets a row for each in the same transaction: so the source itself says which events there are, and, by numbers of one
 * sequence, in which order those of a key were committed, since a key is one writer's. Belongs to one thread.
 */
final class Publisher {
    /** The stream of all events. */
    static final String STREAM = "told";

    private static final int KEYS = 20;

    private final int writer;
    private final SqlOutbox table = SqlOutbox.table(Dialect.POSTGRESQL).build();
    private final SqlOutbox log = SqlOutbox.walMessages().build();

    Publisher(int writer) {
        this.writer = writer;
    }

    /** Makes the outbox table, and the one that is not captured. */
    static void prepare(Connection c) throws SQLException, IOException {
        try (Statement s = c.createStatement();
                InputStream migration = Objects.requireNonNull(
                        SqlOutbox.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration()))) {
            s.execute(new String(migration.readAllBytes(), StandardCharsets.UTF_8));
            s.execute("CREATE TABLE told (id uuid PRIMARY KEY, key text NOT NULL, number bigint NOT NULL)");
        }
    }

    /**
     * Publishes an event.
     *
     * @param choice decides of which key, by which way, and whether twice
     */
    void publish(Connection c, int choice) throws SQLException {
        boolean byTable = choice % 2 == 0;
        String key = (byTable ? "table/" : "log/") + writer + '/' + Math.floorMod(choice / 2, KEYS);
        long number = number(c);
        Event event = Event.builder(STREAM, "told").key(key).payload(number).build();
        SqlOutbox outbox = byTable ? table : log;
        UUID id;
        try {
            id = outbox.publish(c, event);
            if (byTable && choice % 5 == 0) {
                outbox.publish(
                        c,
                        Event.builder(STREAM, "told")
                                .id(id)
                                .key(key)
                                .payload(number)
                                .build());
            }
        } catch (FreshetException e) {
            if (e.getCause() instanceof SQLException away) {
                throw away;
            }
            throw e;
        }
        try (PreparedStatement s = c.prepareStatement("INSERT INTO told VALUES (?, ?, ?)")) {
            s.setObject(1, id);
            s.setString(2, key);
            s.setLong(3, number);
            s.executeUpdate();
        }
    }

    private static long number(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet row = s.executeQuery("SELECT nextval('load_version')")) {
            row.next();
            return row.getLong(1);
        }
    }
}
