package dev.freshet.examples.shop;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.SqlOutbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The shop's tables for its events: its own journal, and what a way to publish needs. */
public final class EventTables {
    /** The outbox table, as a relay's configuration names it. */
    public static final String OUTBOX = "public.freshet_outbox";

    /**
     * A row for each event, in its transaction: what the shop's database itself says was committed, and, by the number, in which
     * order those of an order were. Nobody publishes this table.
     */
    private static final String JOURNAL = """
            CREATE TABLE IF NOT EXISTS event_journal (
                event_id uuid PRIMARY KEY,
                number bigint GENERATED ALWAYS AS IDENTITY,
                order_key text COLLATE "C" NOT NULL)""";

    private EventTables() {}

    /**
     * Makes the tables that are not there yet.
     *
     * @param connection to the shop's database, as the tables' owner, in auto-commit mode
     */
    public static void create(Connection connection, PublishWay way) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(JOURNAL);
        }
        switch (way) {
            case OUTBOX -> migrate(connection, OUTBOX, Dialect.POSTGRESQL.migration());
            case POLLING -> {
                migrate(connection, OUTBOX, Dialect.POSTGRESQL.migration());
                migrate(
                        connection,
                        "public.freshet_outbox_number",
                        Dialect.POSTGRESQL.pollingMigration().orElseThrow());
            }
            case DIRECT ->
                migrate(connection, "public.freshet_undelivered", DirectPublisher.migration(Dialect.POSTGRESQL));
            case WAL_MESSAGE -> {
                // needs no table
            }
        }
    }

    /** Returns whether there is a table, such as {@code public.orders}. */
    public static boolean exists(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    // a service does this with Flyway or Liquibase
    private static void migrate(Connection connection, String table, String file) throws SQLException, IOException {
        if (exists(connection, table)) {
            return;
        }
        try (InputStream sql = SqlOutbox.class.getClassLoader().getResourceAsStream(file);
                Statement statement = connection.createStatement()) {
            if (sql == null) {
                throw new IOException("There is no " + file + " on the class path");
            }
            statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
