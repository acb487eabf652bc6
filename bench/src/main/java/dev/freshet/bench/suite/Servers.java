package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.contender.Keys;
import dev.freshet.bench.process.Settings;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.EmbeddedServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** The servers of a run: Kafka, the PostgreSQL that is captured, and, where copies are made, one that holds them. */
public final class Servers implements AutoCloseable {
    private final EmbeddedServers servers;
    private final @Nullable EmbeddedPostgres target;
    private int databases;

    private Servers(EmbeddedServers servers, @Nullable EmbeddedPostgres target) {
        this.servers = servers;
        this.target = target;
    }

    /**
     * Starts them in temporary folders.
     *
     * @param withTarget whether copies are made
     */
    public static Servers start(boolean withTarget) {
        EmbeddedServers servers = EmbeddedServers.start();
        try {
            return new Servers(servers, withTarget ? EmbeddedPostgres.builder().start() : null);
        } catch (RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    /** Kafka. */
    EmbeddedKafka kafka() {
        return servers.kafka();
    }

    /** The PostgreSQL that is captured. */
    EmbeddedPostgres source() {
        return servers.postgres();
    }

    /** Whether there is a server for copies. */
    boolean copies() {
        return target != null;
    }

    /** The PostgreSQL that holds the copies. */
    EmbeddedPostgres target() {
        if (target == null) {
            throw new IllegalStateException("This run has no server for copies");
        }
        return target;
    }

    /** Makes a new database of this name in the captured server, and in the other one if there is one. */
    String newDatabase(String prefix) {
        databases++;
        String name = prefix + databases;
        source().createDatabase(name);
        if (target != null) {
            target.createDatabase(name);
        }
        return name;
    }

    /** The settings that tell a contender where the servers and its databases are. */
    Settings settings(String database) {
        Settings settings = Settings.of(Map.of(
                Keys.KAFKA, kafka().bootstrapServers(),
                Keys.SOURCE_URL, source().jdbcUrl(database),
                Keys.SOURCE_USER, source().user(),
                Keys.SOURCE_PASSWORD, source().password()));
        return target == null
                ? settings
                : settings.with(Keys.TARGET_URL, target.jdbcUrl(database))
                        .with(Keys.TARGET_USER, target.user())
                        .with(Keys.TARGET_PASSWORD, target.password());
    }

    /** Makes a topic of one partition whose records get the broker's time. */
    void createTopic(String name) {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())
                            .configs(Map.of("message.timestamp.type", "LogAppendTime"))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new BenchException("Topic " + name + " could not be made: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while topic " + name + " was made", e);
        }
    }

    /** Drops the slots of a database, so that they hold no log back; whoever read them has ended. */
    static void dropSlots(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots"
                    + " WHERE database = current_database() AND active");
            statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                    + " WHERE database = current_database()");
        }
    }

    @Override
    public void close() {
        try {
            if (target != null) {
                target.close();
            }
        } finally {
            servers.close();
        }
    }
}
