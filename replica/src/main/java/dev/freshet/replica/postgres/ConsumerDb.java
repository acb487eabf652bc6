package dev.freshet.replica.postgres;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.JdbcUrl;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.SessionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Opens sessions in the consumer's database, each bound by time-outs, so that no frozen process holds a lock for ever; and
 * ends sessions of frozen ones.
 *
 * <p>Safe to share between threads; each connection belongs to the thread that opened it.
 */
public final class ConsumerDb {
    /** {@code text[]} travels in binary (see {@code apply}). */
    private static final String BINARY_TYPES = "1009";

    /**
     * A former owner that froze in a transaction (idle, or in a COPY whose data does not come) is ended: it holds the lock
     * that its successor waits for. Its transaction is rolled back by that, so nothing is lost.
     */
    private static final String END_FROZEN = """
            SELECT count(pg_catalog.pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND usename = current_user AND application_name = ?
              AND pid <> pg_catalog.pg_backend_pid()
              AND (state LIKE 'idle in transaction%' AND state_change < pg_catalog.clock_timestamp() - ?::interval
                OR state = 'active' AND wait_event = 'ClientRead' AND query ILIKE 'copy %'
                   AND query_start < pg_catalog.clock_timestamp() - 4 * ?::interval)
            """;

    private static final String AT_WORK = """
            SELECT count(*) FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND application_name = ? AND pid <> pg_catalog.pg_backend_pid()
            """;

    /** Whoever set it elsewhere (in the URL, for the role or the database) wants it so. */
    private static final String DO_NOT_WAIT_FOR_THE_DISK = """
            SELECT pg_catalog.set_config(name, 'off', false) FROM pg_catalog.pg_settings
            WHERE name = 'synchronous_commit' AND source IN ('default', 'configuration file')
            """;

    private final Driver driver = new Driver();
    private final JdbcUrl url;
    private final String user;
    private final String password;
    private final String replica;
    private final String application;
    private final SessionLimits sessions;

    /** Creates the opener of a replica's sessions; it connects only when asked. */
    public ConsumerDb(ReplicaConfig config) {
        this.url = config.url();
        this.user = config.user();
        this.password = config.password();
        this.replica = config.name();
        this.application = application(replica);
        this.sessions = config.sessions();
    }

    /** Returns the {@code application_name} of a replica's sessions, whatever the URL says. */
    public static String application(String replica) {
        return "freshet " + replica;
    }

    /**
     * Opens a session without auto-commit.
     *
     * <p>Its commits do not wait for the disk ({@code synchronous_commit = off}), as those of PostgreSQL's own subscriptions do
     * not: what a crash of the server takes back, it takes back together with offset and position, and it is applied again. A
     * later commit of the service that does wait makes durable all that the service may have read of the copy. Who wants it
     * otherwise sets it for the role, for the database or in the URL, such as {@code ?options=-c%20synchronous_commit=on};
     * only what stands in the server's configuration is not heeded.
     *
     * @throws SQLException if it cannot be opened
     * @throws ConfigurationException if the driver cannot read the URL
     */
    public Connection open() throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", user);
        p.setProperty("password", password);
        p.setProperty("connectTimeout", seconds(sessions.connect()));
        // while it logs in; then as limitAnswers says
        p.setProperty("socketTimeout", seconds(sessions.lockTimeout().plus(sessions.answer())));
        p.setProperty("tcpKeepAlive", "true");
        p.setProperty("socketFactory", KeepAliveSockets.class.getName());
        p.setProperty("socketFactoryArg", seconds(sessions.tcpUser()));
        p.setProperty("binaryTransferEnable", BINARY_TYPES);
        p.setProperty("prepareThreshold", "1");
        p.setProperty("cancelSignalTimeout", "10");
        // the driver's own exception would print all of it
        Connection db = Driver.parseURL(url.value(), p) == null ? null : driver.connect(url.value(), p);
        if (db == null) {
            throw new ConfigurationException("Replica '" + replica + "': the driver cannot read the url " + url
                    + " with its parameters; look them up in the manual of pgjdbc");
        }
        try {
            limitAnswers(db);
            bind(db);
            db.setAutoCommit(false);
            return db;
        } catch (SQLException e) {
            db.close();
            throw e;
        }
    }

    /** Gives up the session once an answer takes longer than any statement but a fill's may. */
    void limitAnswers(Connection db) throws SQLException {
        long millis = sessions.lockTimeout().plus(sessions.answer()).toMillis();
        db.setNetworkTimeout(Runnable::run, (int) Math.min(millis, Integer.MAX_VALUE));
    }

    /** Lets an answer take as long as it takes: a fill makes indexes of whole tables. */
    static void awaitAnswers(Connection db) throws SQLException {
        db.setNetworkTimeout(Runnable::run, 0);
    }

    private static String seconds(Duration limit) {
        return Long.toString(Math.max(1, limit.toSeconds()));
    }

    private void bind(Connection db) throws SQLException {
        try (Statement s = db.createStatement()) {
            // not as a property, which one in the URL would override: a replica at work is known by it
            s.execute("SET application_name = '" + application + "'; SET lock_timeout = "
                    + sessions.lockTimeout().toMillis()
                    + "; SET idle_in_transaction_session_timeout = "
                    + sessions.idleInTransaction().toMillis()
                    + "; SET tcp_user_timeout = " + sessions.tcpUser().toMillis()
                    + "; SET client_min_messages = warning; SET DateStyle = ISO; SET IntervalStyle = iso_8601"
                    + "; SET TimeZone = UTC; SET xmloption = content; SET statement_timeout = 0; "
                    + DO_NOT_WAIT_FOR_THE_DISK);
        }
    }

    /** Returns how many sessions of this replica there are beside the given one, as its transaction sees them. */
    public int atWork(Connection db) throws SQLException {
        try (PreparedStatement s = db.prepareStatement(AT_WORK)) {
            s.setString(1, application);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getInt(1);
            }
        }
    }

    /**
     * Ends the sessions of this replica that have been frozen in a transaction for longer than the limit.
     *
     * @return how many
     */
    public int endFrozen(Connection db) throws SQLException {
        Duration limit = sessions.idleInTransaction();
        try (PreparedStatement s = db.prepareStatement(END_FROZEN)) {
            s.setString(1, application);
            s.setString(2, limit.toMillis() + " milliseconds");
            s.setString(3, limit.toMillis() + " milliseconds");
            try (ResultSet r = s.executeQuery()) {
                r.next();
                int ended = r.getInt(1);
                db.commit();
                return ended;
            }
        }
    }
}
