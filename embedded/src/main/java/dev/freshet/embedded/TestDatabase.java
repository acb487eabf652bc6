package dev.freshet.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * An empty PostgreSQL database of one test's own, in the server that all tests of the JVM share.
 *
 * <p>{@link #close()} removes it, with sessions, replication slots and subscriptions that are left in it: a forgotten
 * slot would hold back the WAL of all other tests. Roles are the server's and not the database's: a test that creates
 * some had better put {@link #name()} in front of their names.
 */
public final class TestDatabase implements AutoCloseable {

    private static final Duration DROP_LIMIT = Duration.ofSeconds(20);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final String OBJECT_IN_USE = "55006";

    private final EmbeddedPostgres server;
    private final String name;

    TestDatabase(EmbeddedPostgres server, String name) {
        this.server = server;
        this.name = name;
    }

    /** Returns a database of a server, which is there already, as on a standby. */
    public static TestDatabase of(EmbeddedPostgres server, String name) {
        return new TestDatabase(server, name);
    }

    /** The database's name: lower-case letters and digits. */
    public String name() {
        return name;
    }

    /** The server that holds it. */
    public EmbeddedPostgres server() {
        return server;
    }

    /** Its URL, without user and password. */
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** A superuser. */
    public String user() {
        return server.user();
    }

    /** That user's password. */
    public String password() {
        return server.password();
    }

    /** A new connection in auto-commit mode; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** Runs statements one after the other on a connection of their own, each a transaction. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Runs a query on a connection of its own and returns the first row's first column as text, {@code "null"} for null. */
    public String text(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /**
     * Removes the database and what holds it: sessions are terminated, slots and subscriptions dropped. Does nothing if
     * the database or its server is gone.
     *
     * @throws EmbeddedException if it still cannot be dropped after 20 s
     */
    @Override
    public void close() {
        if (!server.isRunning()) {
            return;
        }
        long began = System.nanoTime();
        while (true) {
            try {
                drop();
                return;
            } catch (SQLException e) {
                if (!OBJECT_IN_USE.equals(e.getSQLState()) || System.nanoTime() - began > DROP_LIMIT.toNanos()) {
                    throw new EmbeddedException("Test database " + name + " could not be dropped in " + server, e);
                }
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }

    private void drop() throws SQLException {
        try (Connection admin = server.connect(server.user());
                Statement statement = admin.createStatement()) {
            if (texts(statement, "SELECT datname FROM pg_database WHERE datname = '" + name + "'")
                    .isEmpty()) {
                return;
            }
            // nobody new, as a relay that starts its slot again at once
            statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS "
                    + (subscriptions(statement).isEmpty() ? "false" : "true"));
            dropSubscriptions(subscriptions(statement));
            statement.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = '"
                    + name + "' AND active_pid IS NOT NULL");
            // takes idle slots with it and fails while one is still read
            statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    private List<String> subscriptions(Statement statement) throws SQLException {
        return texts(
                statement,
                "SELECT quote_ident(subname) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
                        + " WHERE d.datname = '" + name + "'");
    }

    private void dropSubscriptions(List<String> subscriptions) throws SQLException {
        for (String subscription : subscriptions) {
            // its slot, perhaps in a database that is gone, is dropped with that database
            execute(
                    "ALTER SUBSCRIPTION " + subscription + " DISABLE",
                    "ALTER SUBSCRIPTION " + subscription + " SET (slot_name = NONE)",
                    "DROP SUBSCRIPTION " + subscription);
        }
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        List<String> found = new ArrayList<>();
        try (var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "test database " + name + " in " + server;
    }
}
