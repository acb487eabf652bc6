package dev.freshet.embedded;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The one Kafka and the one PostgreSQL that all tests of a JVM share, with a database and a topic prefix for each test.
 *
 * <p>Each is started when it is first asked for and lives in a temporary folder until the JVM ends; nothing has to be
 * closed. A test that kills or pauses a server restarts or resumes it before it ends, or takes a server of its own from
 * {@link EmbeddedKafka#builder()} or {@link EmbeddedPostgres#builder()}, which is kinder to tests that run beside it.
 *
 * <p>In JUnit tests {@link dev.freshet.embedded.junit.OnServers} hands all of it out as
 * parameters. Thread-safe.
 */
public final class TestServers {

    private static final TestServers SHARED = new TestServers();
    private static final long DELETE_SECONDS = 30;

    private final AtomicInteger databases = new AtomicInteger();
    private final AtomicInteger prefixes = new AtomicInteger();
    private @Nullable EmbeddedKafka kafka;
    private @Nullable EmbeddedPostgres postgres;
    private @Nullable Admin admin;

    private TestServers() {}

    /** The servers of this JVM; none is started by this call. */
    public static TestServers shared() {
        return SHARED;
    }

    /** Starts both at the same time, if that has not happened yet: sooner than one after the other. */
    public synchronized TestServers startBoth() {
        if (kafka == null && postgres == null) {
            EmbeddedServers both = EmbeddedServers.start(kafkaSettings(), postgresSettings());
            kafka = both.kafka();
            postgres = both.postgres();
        }
        return this;
    }

    /** The shared Kafka; that of the folder which the system property {@code freshet.test.kafka.jars} names, if it is set. */
    public synchronized EmbeddedKafka kafka() {
        if (kafka == null) {
            kafka = kafkaSettings().start();
        }
        return kafka;
    }

    /** The shared PostgreSQL. A forgotten replication slot loses its WAL at 4 GB ({@code max_slot_wal_keep_size}). */
    public synchronized EmbeddedPostgres postgres() {
        if (postgres == null) {
            postgres = postgresSettings().start();
        }
        return postgres;
    }

    /** The shared Kafka's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return kafka().bootstrapServers();
    }

    /** A new, empty database; close it to drop it. */
    public TestDatabase newDatabase() {
        EmbeddedPostgres server = postgres();
        String name = "t" + databases.incrementAndGet();
        server.createDatabase(name);
        return new TestDatabase(server, name);
    }

    /** A prefix that no other test of this JVM has. */
    public TopicPrefix newPrefix() {
        return new TopicPrefix("t" + prefixes.incrementAndGet() + "-");
    }

    /**
     * Deletes the topics whose names begin with the prefix. Does nothing if Kafka does not run.
     *
     * @throws EmbeddedException if Kafka does not do it within 30 s
     */
    public void deleteTopics(TopicPrefix prefix) {
        Admin client = adminIfRunning();
        if (client == null) {
            return;
        }
        try {
            Collection<String> topics = client.listTopics().names().get(DELETE_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(topic -> topic.startsWith(prefix.value()))
                    .toList();
            if (!topics.isEmpty()) {
                client.deleteTopics(topics).all().get(DELETE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new EmbeddedException("Topics " + prefix + "... could not be deleted in " + kafka(), e);
            }
        }
    }

    private synchronized @Nullable Admin adminIfRunning() {
        if (kafka == null || !kafka.isRunning()) {
            return null;
        }
        if (admin == null) {
            admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        }
        return admin;
    }

    private static EmbeddedKafka.Builder kafkaSettings() {
        EmbeddedKafka.Builder settings = EmbeddedKafka.builder();
        String jars = System.getProperty("freshet.test.kafka.jars", "");
        return jars.isEmpty() ? settings : settings.jars(Path.of(jars));
    }

    private static EmbeddedPostgres.Builder postgresSettings() {
        return EmbeddedPostgres.builder().setting("max_slot_wal_keep_size", "4GB");
    }
}
