package dev.freshet.faults;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where the publishing service finds its servers.
 *
 * <p>Its sessions end by themselves when they stand still, as they do behind a half open connection: nobody else would let their
 * locks go.
 *
 * @param sourcePort of PostgreSQL
 * @param kafkaPort of Kafka
 * @param user of PostgreSQL
 * @param password of that user
 * @param seed decides what is published
 */
record ServiceSettings(int sourcePort, int kafkaPort, String user, String password, long seed) {
    private static final String TURN_OPTIONS = "-c idle_in_transaction_session_timeout=4s -c lock_timeout=2s";
    /** Longer than a transaction in which kept events are sent. */
    private static final String KEPT_OPTIONS = "-c idle_in_transaction_session_timeout=40s -c lock_timeout=2s";

    private static final int CONNECT_SECONDS = 2;
    private static final int ANSWER_SECONDS = 7;

    /** Writes them into a file. */
    void write(Path file) throws IOException {
        Properties all = new Properties();
        all.setProperty("sourcePort", Integer.toString(sourcePort));
        all.setProperty("kafkaPort", Integer.toString(kafkaPort));
        all.setProperty("user", user);
        all.setProperty("password", password);
        all.setProperty("seed", Long.toString(seed));
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
    }

    /** Reads them from a file. */
    static ServiceSettings read(Path file) throws IOException {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
        }
        return new ServiceSettings(
                Integer.parseInt(all.getProperty("sourcePort")),
                Integer.parseInt(all.getProperty("kafkaPort")),
                all.getProperty("user"),
                all.getProperty("password"),
                Long.parseLong(all.getProperty("seed")));
    }

    /** Returns a new connection to the database of a way's events. */
    Connection connect(Way way) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", user);
        all.setProperty("password", password);
        all.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        all.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
        all.setProperty("options", TURN_OPTIONS);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + sourcePort + '/' + FaultSettings.database(way), all);
    }

    /** Returns the database in which events are kept that Kafka does not take. */
    DataSource undelivered() {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setServerNames(new String[] {"127.0.0.1"});
        database.setPortNumbers(new int[] {sourcePort});
        database.setDatabaseName(FaultSettings.database(Way.DIRECT));
        database.setUser(user);
        database.setPassword(password);
        database.setConnectTimeout(CONNECT_SECONDS);
        database.setSocketTimeout(ANSWER_SECONDS);
        database.setOptions(KEPT_OPTIONS);
        return database;
    }

    /** Returns the properties of Kafka's clients, with time-outs that faults are longer than. */
    Map<String, String> kafka() {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + kafkaPort,
                "request.timeout.ms",
                "3000",
                "delivery.timeout.ms",
                "8000",
                "default.api.timeout.ms",
                "8000",
                "socket.connection.setup.timeout.ms",
                "1500",
                "reconnect.backoff.max.ms",
                "500");
    }
}
