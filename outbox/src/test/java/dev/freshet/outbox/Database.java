package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.MariaDbServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.stream.Stream;

/** An empty database of one test's own, and the user that may do all in it. */
public record Database(String url, String user, String password) {
    /** Returns that of a test. */
    public static Database of(TestDatabase database) {
        return new Database(database.jdbcUrl(), database.user(), database.password());
    }

    /** Returns an empty database of a server. */
    public static Database newOf(MariaDbServer server) throws SQLException {
        return new Database(server.newDatabase(), MariaDbServer.ADMIN, MariaDbServer.ADMIN);
    }

    /** Returns the same database for another user. */
    Database as(String otherUser, String itsPassword) {
        return new Database(url, otherUser, itsPassword);
    }

    /** Returns a connection in auto-commit mode. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Returns a connection in a transaction. */
    public Connection transaction() throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Runs statements one after the other. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Runs each migration's whole text in one call. */
    void migrate(Dialect dialect) throws Exception {
        Database several =
                dialect == Dialect.POSTGRESQL ? this : new Database(url + "?allowMultiQueries=true", user, password);
        for (String migration : Stream.concat(Stream.of(dialect.migration()), dialect.pollingMigration().stream())
                .toList()) {
            try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(migration)) {
                several.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    /** Returns the first row's first column. */
    public String text(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
