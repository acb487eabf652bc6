package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.faults.LiveCopies.Database;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What befalls a source and its copy that run: a trigger counts every row that is applied, so that nothing is lost, and nothing
 * applied twice.
 */
@OnServers
class EventfulCopiesTest {
    private static final int PARTITIONS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final JumpingClock clock = new JumpingClock();
    private final Database source;
    private final Database target;
    private final TestDatabase shipping;
    private final Map<String, Object> kafka;
    private final String group;
    private final LiveCopies copies;
    private int written;

    EventfulCopiesTest(
            EmbeddedKafka broker, TestDatabase shop, TestDatabase shipping, TopicPrefix prefix, @TempDir Path folder) {
        this.source = shop::connect;
        this.target = shipping::connect;
        this.shipping = shipping;
        this.kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        this.group = prefix.name("shop");
        Configuration config = ConfigurationFile.parse(
                "freshet.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                sources: { %s: { url: "%s", user: "%s", password: "%s" } }
                streams: { item: { source: %2$s, table: public.item, topic: %2$s.item, partitions: %d,
                    min-compaction-lag: 7d } }
                replicas:
                  copies:
                    streams: { item: {} }
                    url: "%s"
                    user: "%s"
                    password: "%s"
                    group: %2$s
                    limits: { retry-backoff: 500ms }
                http: { port: 0 }
                """.formatted(
                                broker.bootstrapServers(),
                                group,
                                shop.jdbcUrl(),
                                shop.user(),
                                shop.password(),
                                PARTITIONS,
                                shipping.jdbcUrl(),
                                shipping.user(),
                                shipping.password()),
                Map.of());
        this.copies = new LiveCopies(config, folder, source, target, clock);
    }

    @BeforeEach
    void begin() throws SQLException {
        source.execute(
                "CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)", "INSERT INTO item VALUES (0)");
        target.execute(
                "CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL)",
                "CREATE TABLE effects (id int, n int)",
                "CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO effects VALUES (NEW.id, NEW.n); RETURN NEW; END'",
                "CREATE TRIGGER counting AFTER INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_it()");
        copies.awaitReady();
    }

    @AfterEach
    void end() {
        copies.close();
    }

    /** Writes new rows, each in a transaction of its own. */
    private void write() throws SQLException {
        for (int i = 0; i < 50; i++) {
            source.execute("INSERT INTO item VALUES (" + ++written + ", " + written + ")");
        }
    }

    private void assertOnce() throws SQLException {
        copies.awaitAll();
        copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item ORDER BY id");
        assertEquals(
                List.of(),
                target.column("SELECT id FROM effects WHERE id > 0 GROUP BY id HAVING count(*) > 1"),
                "twice");
        assertEquals(
                List.of(Integer.toString(written)),
                target.column("SELECT count(DISTINCT id) FROM effects WHERE id > 0"));
    }

    @Test
    void machinesTimeThatIsSetBackAndForth_holdsNothingUp() throws SQLException {
        for (Duration jump : List.of(
                Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO, Duration.ofHours(-2), Duration.ofHours(2))) {
            clock.setTo(jump);
            write();
            assertOnce();
            copies.untilReady();
            assertTrue(copies.status().ready(), () -> copies.status().toString());
        }
        target.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'freshet%'"
                + " AND datname = '" + shipping.name() + "'");
        clock.setTo(Duration.ofHours(-3));
        write();
        assertOnce();
    }

    @Test
    void machinesTimeThatIsSetForwardByMoreThanIsKept_fillsTheCopyAnew() throws SQLException {
        write();
        assertOnce();
        List<String> before = fills();
        clock.setTo(Duration.ofDays(8));
        Awaitility.await().atMost(LIMIT).until(() -> !fills().equals(before));
        clock.setTo(Duration.ZERO);
        write();
        copies.awaitAll();
        copies.assertSame("SELECT * FROM item ORDER BY id", "SELECT * FROM item ORDER BY id");
        // as documented: until the machine's time has caught up
        long shown = copies.status().replicas().get(0).freshnessMillis();
        assertTrue(shown > Duration.ofDays(7).toMillis(), () -> "freshness of " + shown + " ms");
        copies.stop();
        copies.awaitReady();
        long right = copies.status().replicas().get(0).freshnessMillis();
        assertTrue(right < Duration.ofDays(1).toMillis(), () -> "freshness of " + right + " ms");
    }

    private List<String> fills() throws SQLException {
        return target.column("SELECT fill FROM freshet.replica_stream WHERE at_end IS NOT NULL");
    }

    @Test
    void offsetsOfTheGroupThatAreDeleted_matterNeitherToACopyThatRunsNorToOneThatIsStopped() throws Exception {
        Set<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition(group + ".item", p))
                .collect(Collectors.toSet());
        write();
        assertOnce();
        try (Admin admin = Admin.create(kafka)) {
            copies.stop();
            write();
            // its members may still be leaving
            Awaitility.await()
                    .atMost(LIMIT)
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof GroupNotEmptyException)
                    .untilAsserted(() ->
                            admin.deleteConsumerGroups(List.of(group)).all().get());
            copies.start();
            write();
            assertOnce();
            // Kafka lets nobody delete what a group that runs is subscribed to, and there is nothing to delete
            Throwable refused = assertThrows(
                            ExecutionException.class, () -> admin.deleteConsumerGroupOffsets(group, partitions)
                                    .all()
                                    .get())
                    .getCause();
            assertTrue(refused instanceof GroupSubscribedToTopicException, refused::toString);
            assertEquals(
                    Map.of(),
                    admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get());
            write();
            assertOnce();
        }
    }
}
