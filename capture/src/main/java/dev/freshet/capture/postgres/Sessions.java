package dev.freshet.capture.postgres;

import dev.freshet.capture.internal.Session;
import dev.freshet.capture.postgres.internal.PatientSocketFactory;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.SessionSettings;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** Opens connections to the server, with the settings pinned on which values and safety depend. Used by any thread. */
final class Sessions implements Connections {
    private final PostgresSettings settings;
    private final Driver driver = new Driver();

    Sessions(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Opens an ordinary connection in auto-commit mode; the caller closes it. */
    @Override
    public Connection open() throws SQLException {
        Properties properties = properties("freshet " + settings.source());
        // the socket waits longer than the server, whose message says more
        PGProperty.SOCKET_TIMEOUT.set(
                properties, seconds(settings.statementTimeout().plusSeconds(5)));
        Connection connection = connect(properties);
        long limitMillis = settings.statementTimeout().toMillis();
        pin(
                connection,
                "SET statement_timeout = " + limitMillis + "; SET lock_timeout = " + Math.max(1, limitMillis / 2)
                        // hidden rows must be an error, not a silent filter; a heartbeat must not wait for stand-bys
                        + "; SET row_security = off; SET synchronous_commit = local");
        return connection;
    }

    /** Opens a connection that takes replication commands, and simple statements. */
    Connection openReplication() throws SQLException {
        Properties properties = properties("freshet " + settings.source() + " log");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        // a factory that the URL names is used instead; then an idle log costs a little more
        PGProperty.SOCKET_FACTORY.set(properties, PatientSocketFactory.class.getName());
        Connection connection = connect(properties);
        pin(
                connection,
                "SET wal_sender_timeout = " + settings.walSenderTimeout().toMillis() + "; SET statement_timeout = 0");
        return connection;
    }

    private Properties properties(String application) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, settings.user());
        if (!settings.password().isEmpty()) {
            PGProperty.PASSWORD.set(properties, settings.password());
        }
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds(settings.connectTimeout()));
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds(settings.connectTimeout()));
        PGProperty.BINARY_TRANSFER.set(properties, false);
        PGProperty.APPLICATION_NAME.set(properties, application);
        // details may quote row data
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        return properties;
    }

    private Connection connect(Properties properties) throws SQLException {
        String url = settings.url().value();
        // the driver's own exception would print all of it
        Connection connection = Driver.parseURL(url, properties) == null ? null : driver.connect(url, properties);
        if (connection == null) {
            throw new ConfigurationException("Source '" + settings.source() + "': the driver cannot read the url "
                    + settings.url() + " with its parameters; look them up in the manual of pgjdbc");
        }
        // the server tells it by itself, at each connect
        if ("on".equals(connection.unwrap(PGConnection.class).getParameterStatus("in_hot_standby"))) {
            Session.closeQuietly(connection);
            throw new RetriableException("Source '" + settings.source() + "' at " + settings.url()
                    + ": the server is a stand-by, from which nothing is captured. Freshet tries again until it is promoted;"
                    + " if another server is the primary, name that one in the url");
        }
        return connection;
    }

    private static void pin(Connection connection, String more) throws SQLException {
        try {
            SessionSettings.pin(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute(more);
            }
        } catch (SQLException | RuntimeException e) {
            closeAfter(connection, e);
            throw e;
        }
    }

    /** Closes a connection after a failure, which keeps what the closing says. */
    static void closeAfter(Connection connection, Exception failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** Returns the exception for a failed piece of work on this source. */
    FreshetException failed(String doing, SQLException e) {
        return SqlErrors.translate("Source '" + settings.source() + "' at " + settings.url() + ": " + doing, e);
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.plusMillis(999).toSeconds()));
    }
}
