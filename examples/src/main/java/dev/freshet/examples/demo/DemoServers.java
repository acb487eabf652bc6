package dev.freshet.examples.demo;

import dev.freshet.embedded.DataFolderException;
import dev.freshet.embedded.EmbeddedException;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.EmbeddedServer;
import dev.freshet.embedded.EmbeddedServers;
import dev.freshet.embedded.Folders;
import dev.freshet.embedded.ServerDiedException;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** The servers of the demonstration: one Kafka, and one PostgreSQL with a database for each of the two services. */
final class DemoServers implements AutoCloseable {
    private static final long DEATH_NOTICE_NANOS = 2_000_000_000;
    private static final long LOOK_MILLIS = 50;

    private final EmbeddedServers servers;
    private final Path folder;
    private final boolean temporary;

    private DemoServers(EmbeddedServers servers, Path folder, boolean temporary) {
        this.servers = servers;
        this.folder = folder;
        this.temporary = temporary;
    }

    /**
     * Starts the servers.
     *
     * @param data the folder to keep their data in, or null for a temporary one
     * @throws ConfigurationException if the folder cannot be used
     * @throws FreshetException if a server does not come up
     */
    static DemoServers start(@Nullable Path data) throws IOException, SQLException {
        Path folder = data == null ? Files.createTempDirectory("freshet-demo") : data;
        DemoServers result;
        try {
            result = new DemoServers(
                    EmbeddedServers.start(
                            EmbeddedKafka.builder().directory(folder.resolve("kafka")),
                            EmbeddedPostgres.builder().directory(folder.resolve("postgresql"))),
                    folder,
                    data == null);
        } catch (EmbeddedException e) {
            if (data == null) {
                Folders.delete(folder);
            }
            throw e instanceof DataFolderException
                    ? new ConfigurationException("--data " + folder + ": " + e.summary(), e)
                    : new FreshetException(e.summary(), e);
        }
        // requireAlive tells it, in one sentence
        result.servers.kafka().onDeath(death -> {});
        result.servers.postgres().onDeath(death -> {});
        try {
            result.makeDatabases();
            return result;
        } catch (SQLException | RuntimeException e) {
            result.close();
            throw e;
        }
    }

    private void makeDatabases() throws SQLException {
        try (Connection c = servers.postgres().connect("postgres");
                Statement s = c.createStatement()) {
            try (ResultSet row = s.executeQuery("SELECT 1 FROM pg_database WHERE datname = 'shop'")) {
                if (row.next()) {
                    return;
                }
            }
            String password = servers.postgres().password();
            // what a source needs: to log in, to replicate, and to own its tables or have their owner's publication
            s.execute("CREATE ROLE shop LOGIN REPLICATION PASSWORD '" + password + "'");
            s.execute("CREATE ROLE shipping LOGIN PASSWORD '" + password + "'");
            s.execute("CREATE DATABASE shipping OWNER shipping");
            // last: where it is, the rest is as well
            s.execute("CREATE DATABASE shop OWNER shop");
        }
    }

    private Optional<ServerDiedException> death() {
        return servers.kafka().death().or(() -> servers.postgres().death());
    }

    /**
     * Ends the demonstration if a server has died: it would show nothing any more.
     *
     * @throws FreshetException if one has; it names which, its exit status and its log
     */
    void requireAlive() {
        ServerDiedException death = death().orElse(null);
        if (death != null) {
            throw new FreshetException(
                    death.summary() + (temporary ? ", which is kept" : "") + ". The demo has ended; start it again",
                    death);
        }
    }

    /** The same after a failure that may be its consequence: that a server died is noticed a little later than its connections end. */
    void requireAliveAfterFailure() throws InterruptedException {
        for (long until = System.nanoTime() + DEATH_NOTICE_NANOS; System.nanoTime() < until; ) {
            requireAlive();
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** What can be killed. */
    List<EmbeddedServer> all() {
        return List.of(servers.postgres(), servers.kafka());
    }

    Path folder() {
        return folder;
    }

    /** Returns the password of both services: made at random, and good for nothing but these servers. */
    String password() {
        return servers.postgres().password();
    }

    /** Returns how {@code psql} gets at the database of a service, which has the service's name. */
    String psql(String service) {
        return "psql postgresql://" + service + ":" + password() + "@127.0.0.1:"
                + servers.postgres().port() + "/" + service;
    }

    String bootstrapServers() {
        return servers.kafka().bootstrapServers();
    }

    String shopUrl() {
        return servers.postgres().jdbcUrl("shop");
    }

    String shippingUrl() {
        return servers.postgres().jdbcUrl("shipping");
    }

    /** Returns a new connection of the shop service. */
    Connection shop() throws SQLException {
        return DriverManager.getConnection(
                shopUrl() + "?reWriteBatchedInserts=true",
                "shop",
                servers.postgres().password());
    }

    /** Returns what gives new connections of the shop service. */
    DataSource shopSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(shopUrl());
        source.setUser("shop");
        source.setPassword(servers.postgres().password());
        return source;
    }

    /** Returns a new connection of the shipping service. */
    Connection shipping() throws SQLException {
        return DriverManager.getConnection(
                shippingUrl(), "shipping", servers.postgres().password());
    }

    @Override
    public void close() {
        // the log of one that died is to be read
        boolean kept = death().isPresent();
        servers.close();
        if (temporary && !kept) {
            try {
                Folders.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("The temporary folder " + folder + " could not be removed", e);
            }
        }
    }
}
