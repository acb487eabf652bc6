package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.server.Server;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The time of the machines that publish and relay is set back and forth by hours. Ids of events, and so the partitions of the outbox
 * table, go by it; those of before go while it jumps.
 */
@OnServers
class JumpingClockEventsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int KEYS = 3;
    private static final int EVENTS = 30;
    /** The time, from now, of one relay after the other; the second one starts while it stands behind. */
    private static final List<List<Duration>> RELAYS = List.of(
            List.of(Duration.ZERO, Duration.ofHours(3), Duration.ofHours(-1)),
            List.of(Duration.ofHours(1), Duration.ofHours(-5)));

    private final JumpingClock clock = new JumpingClock();
    private final Configuration config;
    private final Path folder;
    private final String bootstrapServers;
    private final List<Published> sources;

    JumpingClockEventsTest(
            EmbeddedKafka broker, TestDatabase shop, TestDatabase orders, TopicPrefix prefix, @TempDir Path folder)
            throws SQLException, IOException {
        this.folder = folder;
        this.bootstrapServers = broker.bootstrapServers();
        this.sources = List.of(
                new Published(prefix.name("log"), shop, outbox()),
                new Published(prefix.name("polled"), orders, outbox()));
        migrate(shop, Dialect.POSTGRESQL.migration());
        migrate(orders, Dialect.POSTGRESQL.migration());
        migrate(orders, Dialect.POSTGRESQL.pollingMigration().orElseThrow());
        this.config = ConfigurationFile.parse(
                "freshet.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                sources:
                  %s: { url: "%s", user: "%s", password: "%s", outbox: public.freshet_outbox, outbox-partition: 1s }
                  %s: { type: polling, url: "%s", user: "%s", password: "%s", outbox: public.freshet_outbox, outbox-partition: 1s }
                streams:
                  %2$s-told: { source: %2$s, events: true, partitions: 2 }
                  %6$s-told: { source: %6$s, events: true, partitions: 2 }
                http: { port: 0 }
                """.formatted(
                                bootstrapServers,
                                sources.get(0).source,
                                shop.jdbcUrl(),
                                shop.user(),
                                shop.password(),
                                sources.get(1).source,
                                orders.jdbcUrl(),
                                orders.user(),
                                orders.password()),
                Map.of());
    }

    private SqlOutbox outbox() {
        return SqlOutbox.table(Dialect.POSTGRESQL).clock(clock).build();
    }

    private static void migrate(TestDatabase database, String migration) throws SQLException, IOException {
        try (InputStream file = Dialect.class.getClassLoader().getResourceAsStream(migration)) {
            database.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A source, and what was published there. */
    private static final class Published {
        private final String source;
        private final TestDatabase database;
        private final SqlOutbox running;
        private final Map<String, List<String>> byKey = new TreeMap<>();
        private int count;

        Published(String source, TestDatabase database, SqlOutbox running) {
            this.source = source;
            this.database = database;
            this.running = running;
        }

        private String stream() {
            return source + "-told";
        }

        /** Publishes by a service that runs since before the time was set, and by one that was started then. */
        private void publish(SqlOutbox fresh) throws SQLException {
            try (Connection c = database.connect()) {
                c.setAutoCommit(false);
                for (int i = 0; i < EVENTS; i++) {
                    count++;
                    String key = "k" + count % KEYS;
                    SqlOutbox outbox = count % 2 == 0 ? running : fresh;
                    outbox.publish(
                            c,
                            Event.builder(stream(), "told")
                                    .key(key)
                                    .payload(count)
                                    .build());
                    c.commit();
                    byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(Integer.toString(count));
                }
            }
        }

        private boolean hasPast() throws SQLException {
            return !database.text(
                            "SELECT count(*) FROM freshet_outbox WHERE id < freshet_outbox_id(now() - interval '2 s')")
                    .equals("0");
        }
    }

    @Test
    void timeOfPublishersAndRelayThatJumps_losesDoublesAndDisordersNothing() throws SQLException {
        for (List<Duration> jumps : RELAYS) {
            for (Published published : sources) {
                // what waits while no relay runs is not in the order of its ids; before the first one it would be sent
                // so
                if (published.count > 0) {
                    published.publish(outbox());
                }
            }
            try (Server server = Server.start(config, folder, clock)) {
                assertEquals(sources.size(), server.status().sources().size());
                for (Duration jump : jumps) {
                    clock.setTo(jump);
                    for (Published published : sources) {
                        published.publish(outbox());
                    }
                    for (Published published : sources) {
                        Awaitility.await()
                                .atMost(LIMIT)
                                .untilAsserted(() -> assertEquals(published.byKey, sent(published)));
                    }
                }
                for (Published published : sources) {
                    Awaitility.await().atMost(LIMIT).until(() -> !published.hasPast());
                }
            }
        }
        for (Published published : sources) {
            assertEquals(published.byKey, sent(published), "what was cleared was sent once");
        }
    }

    private Map<String, List<String>> sent(Published published) {
        Map<String, List<String>> byKey = new TreeMap<>();
        Map<String, Object> kafka = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "allow.auto.create.topics",
                "false");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(kafka, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(published.source + '.' + published.stream()).stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(POLL).forEach(r -> byKey.computeIfAbsent(r.key(), k -> new ArrayList<>())
                        .add(r.value()));
            }
        }
        return byKey;
    }
}
