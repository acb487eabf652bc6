package dev.freshet.embedded;

import dev.freshet.embedded.internal.Ports;
import dev.freshet.embedded.internal.PostgresCluster;
import dev.freshet.embedded.internal.ServerFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL 18 in processes of its own, reachable over loopback TCP only, with {@code wal_level=logical} and
 * {@code fsync=on}.
 *
 * <p>The superuser's password is made at random for each data folder, so that another user of the same machine cannot
 * run programs through the server. Roles made in it need a password to log in as well. Text is UTF-8 and sorts by code
 * point; messages are English; the time zone is UTC.
 */
public final class EmbeddedPostgres extends EmbeddedServer {

    private static final String SUPERUSER = "postgres";

    private final ServerFolder folder;
    private final Builder settings;
    private final String password;
    private int port;

    private EmbeddedPostgres(ServerFolder folder, Builder settings) throws IOException {
        super("PostgreSQL", folder, settings.startLimit);
        this.folder = folder;
        this.settings = settings;
        this.port = folder.port("port", settings.port);
        this.password = folder.recall("password").orElseGet(EmbeddedPostgres::newPassword);
        folder.remember("password", password);
    }

    /** Starts a server whose data is kept in the folder, with all defaults, and returns when it serves clients. */
    public static EmbeddedPostgres start(Path directory) {
        return builder().directory(directory).start();
    }

    /** Settings for a server; without any it lives in a temporary folder. */
    public static Builder builder() {
        return new Builder();
    }

    /** The loopback port; it stays the same over restarts. */
    public int port() {
        return port;
    }

    /** The URL of a database, without user and password, which {@link #user()} and {@link #password()} tell. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The superuser. */
    public String user() {
        return SUPERUSER;
    }

    /** The superuser's password. */
    public String password() {
        return password;
    }

    /** A new connection to a database as the superuser; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), SUPERUSER, password);
    }

    /**
     * Creates an empty database.
     *
     * @throws EmbeddedException if it cannot be created, as when it exists
     */
    public void createDatabase(String database) {
        try (Connection connection = connect(SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(database, true));
        } catch (SQLException e) {
            throw new EmbeddedException("Database " + database + " could not be created in " + this, e);
        }
    }

    @Override
    Launch prepare() throws IOException, InterruptedException {
        PostgresCluster cluster = new PostgresCluster(folder.path().resolve("data"));
        cluster.initialize(SUPERUSER, password, logFile());
        cluster.configure(port, settings.settings);
        return new Launch(cluster.command(), cluster.workingDirectory());
    }

    @Override
    boolean serves(String logOfThisRun) {
        return logOfThisRun.contains("database system is ready to accept connections") && Ports.accepts(port);
    }

    @Override
    String stopSignal() {
        // PostgreSQL's fast shutdown: sessions are ended, a checkpoint is written
        return "INT";
    }

    @Override
    boolean choosePortsAgain() throws IOException {
        if (settings.port != 0) {
            return false;
        }
        port = folder.port("port", 0);
        return true;
    }

    @Override
    long[] helpers() {
        return ProcessHandle.of(pid()).stream()
                .flatMap(ProcessHandle::children)
                .mapToLong(ProcessHandle::pid)
                .toArray();
    }

    private static String newPassword() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Settings of an {@link EmbeddedPostgres}. Not thread-safe. */
    public static final class Builder {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private @Nullable Path directory;
        private int port;
        private Duration startLimit = Duration.ofSeconds(60);

        private Builder() {}

        /** Keeps the data in this folder, which is created if needed. Default: a temporary folder, removed at the end. */
        public Builder directory(Path kept) {
            this.directory = kept;
            return this;
        }

        /** Sets a server setting over the defaults, as in {@code postgresql.conf}: {@code setting("work_mem", "16MB")}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** The port to listen on. Default: that of an earlier run in the folder if it is free, else a free one. */
        public Builder port(int fixed) {
            this.port = PortNumbers.check(fixed);
            return this;
        }

        /** How long the start may take before it is given up, recovery after a crash included. Default 60 s. */
        public Builder startLimit(Duration limit) {
            this.startLimit = limit;
            return this;
        }

        /**
         * Starts the server and returns when it serves clients.
         *
         * @throws ServerStartException if it does not come up, with the end of its log
         */
        public EmbeddedPostgres start() {
            EmbeddedPostgres postgres;
            try {
                postgres = new EmbeddedPostgres(ServerFolder.open(directory, "postgresql"), this);
            } catch (IOException e) {
                throw new ServerStartException("PostgreSQL's folder cannot be used: " + e, e);
            }
            postgres.startFirst();
            return postgres;
        }
    }
}
