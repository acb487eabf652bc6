package dev.freshet.capture.postgres;

import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.Writer;
import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * PostgreSQL as a database that is polled.
 *
 * <p>Implementation note. Whoever inserts takes the table's lock {@code RowExclusiveLock} before a default draws its seq, and keeps
 * it until the commit can be seen (PostgreSQL manual, "Explicit Locking"); a prepared transaction keeps it under another name. So
 * {@code pg_locks} tells who writes, and a transaction that has not touched the table holds nothing up, however old it is.
 */
public final class PostgresPolled implements PolledDatabase {
    /** The first keys of the advisory locks of a table; the second is its oid. The sleeper's stands in the migration too. */
    private static final int READER = 1_179_795_524;

    private static final int SLEEPER = 1_179_795_525;
    private static final String CHANNEL = "freshet_outbox";
    private static final String SEQUENCE = "freshet_outbox_seq";

    private final PollingSettings settings;
    private final Sessions sessions;
    private final String oid;

    /** Creates it; nothing is connected. */
    public PostgresPolled(PollingSettings settings) {
        this.settings = settings;
        this.sessions = new Sessions(
                PostgresSettings.builder(settings.source(), settings.url(), settings.user(), settings.password())
                        .slot(settings.slot())
                        .connectTimeout(settings.connectTimeout())
                        .statementTimeout(settings.statementTimeout())
                        .build());
        this.oid = "'" + settings.table() + "'::pg_catalog.regclass::pg_catalog.oid";
    }

    @Override
    public String type() {
        return "postgresql-polling";
    }

    @Override
    public Connection open() throws SQLException {
        Connection connection = sessions.open();
        try (Statement statement = connection.createStatement()) {
            // a number must be durable, on the stand-bys too, before it is sent; and no plan may go through rows that
            // are done
            statement.execute("SET synchronous_commit = on; SET enable_seqscan = off; SET enable_bitmapscan = off;"
                    + " SET plan_cache_mode = force_generic_plan");
            return connection;
        } catch (SQLException e) {
            Sessions.closeAfter(connection, e);
            throw e;
        }
    }

    @Override
    public FreshetException failed(String doing, SQLException e) {
        return sessions.failed(doing, e);
    }

    @Override
    public String bySeq() {
        return settings.table();
    }

    /** The time of the transaction's begin, which in auto-commit mode lies before the statement's snapshot. */
    @Override
    public String began() {
        return "(extract(epoch FROM pg_catalog.now()) * 1000000)::bigint";
    }

    @Override
    public long lastSeq(Connection connection) throws SQLException {
        return number(
                connection,
                "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM " + settings.schema() + '.'
                        + SEQUENCE);
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private boolean is(Connection connection, String function, int key) throws SQLException {
        return number(connection, "SELECT pg_catalog." + function + "(" + key + ", (" + oid + ")::integer)::integer")
                == 1;
    }

    @Override
    public boolean lock(Connection connection) throws SQLException {
        return is(connection, "pg_try_advisory_lock", READER);
    }

    @Override
    public void lease(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long millis = settings.lease().toMillis();
            statement.execute(
                    "SET idle_session_timeout = " + millis + "; SET idle_in_transaction_session_timeout = " + millis
                            + "; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3");
        }
    }

    @Override
    public Optional<Integer> lockHolder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory'"
                        + " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname ="
                        + " pg_catalog.current_database()) AND classid = " + READER + " AND objid = " + oid
                        + " AND objsubid = 2 AND granted AND pid IS NOT NULL")) {
            return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
        }
    }

    @Override
    public void terminate(Connection connection, int session) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_catalog.pg_terminate_backend(?)")) {
            statement.setInt(1, session);
            statement.execute();
        }
    }

    @Override
    public Optional<List<Writer>> writers(Connection connection) throws SQLException {
        List<Writer> writers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT DISTINCT virtualtransaction, pid IS NULL FROM"
                        + " pg_catalog.pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted"
                        + " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname ="
                        + " pg_catalog.current_database()) AND relation IN (SELECT " + oid
                        + " UNION ALL SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = " + oid + ")")) {
            while (row.next()) {
                String id = row.getString(1);
                writers.add(new Writer(id, id, row.getBoolean(2) ? Writer.Kind.DETACHED : Writer.Kind.TRANSACTION));
            }
        }
        return Optional.of(writers);
    }

    @Override
    public Optional<Sleep> sleep(Connection connection) throws SQLException {
        long triggers = number(
                connection,
                "SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = " + oid
                        + " AND tgname = 'freshet_outbox_wake' AND tgenabled IN ('O', 'A')");
        if (triggers == 0) {
            return Optional.empty();
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
        }
        PGConnection notified = connection.unwrap(PGConnection.class);
        return Optional.of(new Sleep() {
            @Override
            public boolean begin() throws SQLException {
                return is(connection, "pg_try_advisory_lock", SLEEPER);
            }

            @Override
            public boolean await(Duration wait) throws SQLException {
                PGNotification[] news = notified.getNotifications((int) Math.max(1, wait.toMillis()));
                return news != null && news.length > 0;
            }

            @Override
            public void end() throws SQLException {
                is(connection, "pg_advisory_unlock", SLEEPER);
            }
        });
    }

    private static boolean mayRead(Connection connection, String sequence) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.has_sequence_privilege(?, 'SELECT')")) {
            statement.setString(1, sequence);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    @Override
    public List<String> problems(Connection connection) throws SQLException {
        long cached = number(
                connection,
                "SELECT coalesce(max(cache_size), 0) FROM pg_catalog.pg_sequences WHERE schemaname = '"
                        + settings.schema() + "' AND sequencename = '" + SEQUENCE + "'");
        String sequence = settings.schema() + '.' + SEQUENCE;
        if (cached == 1) {
            return mayRead(connection, sequence)
                    ? List.of()
                    : List.of("its user may not read how far the sequence " + sequence
                            + " is; GRANT SELECT ON SEQUENCE " + sequence + " TO \"" + settings.user() + '"');
        }
        return List.of(
                cached == 0
                        ? "the sequence " + sequence
                                + " cannot be seen; run the migration of freshet-outbox, or GRANT SELECT,"
                                + " USAGE ON SEQUENCE " + sequence + " TO " + settings.user()
                        : "the sequence " + sequence + " gives each session " + cached
                                + " numbers at a time, so that a row could be passed over that uses one later; run ALTER"
                                + " SEQUENCE " + sequence + " CACHE 1");
    }

    @Override
    public OutboxSnapshot shown(Connection connection) throws SQLException {
        return new OutboxSnapshot(PostgresOutbox.snapshotText(connection), 0);
    }

    @Override
    public Optional<String> clearingProblem(Connection connection) throws SQLException {
        return PostgresOutbox.clearingProblem(connection, settings.table());
    }

    @Override
    public Clearing clearing() {
        return (connection, sent, sentSeq, retention) ->
                PostgresOutbox.roll(connection, settings.table(), sent, retention);
    }
}
