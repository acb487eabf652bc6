package dev.freshet.capture.mariadb;

import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.internal.Session;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.Writer;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** MariaDB, or MySQL, as a database that is polled. */
public final class MariaDbPolled implements PolledDatabase {
    private static final String NO_PROCESS =
            "the user cannot see who writes, by which rows are known to be complete: GRANT"
                    + " PROCESS ON *.* TO its user";

    private final PollingSettings settings;
    private final String lock;
    private final boolean mySql;

    /**
     * Creates it; nothing is connected.
     *
     * @param mySql whether it is a MySQL, which does not number its statements
     */
    public MariaDbPolled(PollingSettings settings, boolean mySql) {
        this.settings = settings;
        this.mySql = mySql;
        this.lock = "concat('freshet.', sha1('" + settings.table() + "'))";
    }

    @Override
    public String type() {
        return mySql ? "mysql" : "mariadb";
    }

    @Override
    public Connection open() throws SQLException {
        Driver driver = driver();
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty(
                "connectTimeout", String.valueOf(settings.connectTimeout().toMillis()));
        // the socket waits longer than the server, whose message says more
        properties.setProperty(
                "socketTimeout",
                String.valueOf(settings.statementTimeout().plusSeconds(5).toMillis()));
        Connection connection = driver.connect(settings.url().value(), properties);
        if (connection == null) {
            throw noDriver();
        }
        try (Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            statement.execute("SET time_zone = '+00:00'");
            if (mySql && isMySql(connection)) {
                // the next value of a counter would be a day old
                statement.execute("SET information_schema_stats_expiry = 0");
            }
            return connection;
        } catch (SQLException e) {
            Session.closeQuietly(connection);
            throw e;
        }
    }

    private static boolean isMySql(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equalsIgnoreCase("MySQL");
    }

    private Driver driver() {
        try {
            return DriverManager.getDriver(settings.url().value());
        } catch (SQLException e) {
            ConfigurationException none = noDriver();
            none.addSuppressed(e);
            throw none;
        }
    }

    private ConfigurationException noDriver() {
        return new ConfigurationException("Source '" + settings.source() + "': no JDBC driver on the class path knows "
                + settings.url() + "; add its jar, or write the url as jdbc:mariadb://…, whose driver Freshet has");
    }

    @Override
    public FreshetException failed(String doing, SQLException e) {
        return SqlErrors.translate("Source '" + settings.source() + "' at " + settings.url() + ": " + doing, e);
    }

    @Override
    public String bySeq() {
        return settings.table() + " FORCE INDEX (seq)";
    }

    /** The time of the statement's begin, which lies before it sees anything. */
    @Override
    public String began() {
        return "cast(unix_timestamp(now(6)) * 1000000 AS signed)";
    }

    /** What cannot be told now, as while the table is altered, counts as far: a counter that was set back is told later. */
    @Override
    public long lastSeq(Connection connection) throws SQLException {
        return number(
                connection,
                "SELECT coalesce(auto_increment - 1, " + Long.MAX_VALUE
                        + ") FROM information_schema.tables WHERE table_schema = '" + settings.schema()
                        + "' AND table_name = '" + settings.tableName() + "'");
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public boolean lock(Connection connection) throws SQLException {
        return number(connection, "SELECT get_lock(" + lock + ", 0)") == 1;
    }

    @Override
    public void lease(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wait_timeout = " + settings.lease().toSeconds());
        }
    }

    @Override
    public Optional<Integer> lockHolder(Connection connection) throws SQLException {
        long holder = number(connection, "SELECT is_used_lock(" + lock + ")");
        return holder == 0 ? Optional.empty() : Optional.of(Math.toIntExact(holder));
    }

    @Override
    public void terminate(Connection connection, int session) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("KILL CONNECTION " + session);
        } catch (SQLException e) {
            // it has ended by itself
            if (e.getErrorCode() != SqlErrors.NO_SUCH_SESSION) {
                throw e;
            }
        }
    }

    @Override
    public Optional<List<Writer>> writers(Connection connection) throws SQLException {
        return InnoDbWriters.ask(connection, mySql);
    }

    @Override
    public Optional<Sleep> sleep(Connection connection) {
        return Optional.empty();
    }

    @Override
    public List<String> problems(Connection connection) throws SQLException {
        try {
            number(connection, "SELECT count(*) FROM information_schema.innodb_trx");
            return List.of();
        } catch (SQLException e) {
            if (e.getErrorCode() == SqlErrors.SPECIFIC_ACCESS_DENIED) {
                return List.of(NO_PROCESS);
            }
            throw e;
        }
    }

    /** Nothing: what is sent is told by its numbers. */
    @Override
    public OutboxSnapshot shown(Connection connection) {
        return new OutboxSnapshot("3:3:", 0);
    }

    @Override
    public Optional<String> clearingProblem(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM " + settings.table() + " WHERE 1 = 0");
            return Optional.empty();
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith("42")) {
                throw e;
            }
            return Optional.of("Table '" + settings.table() + "': " + e.getMessage() + "; GRANT DELETE ON "
                    + settings.table() + " TO its user");
        }
    }

    @Override
    public Clearing clearing() {
        return new OutboxRows(settings.table(), mySql);
    }
}
