package dev.freshet.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.SourceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What stands in the file is what the modules get, and what is left out is their own default. */
class SettingsTest {
    private static final Map<String, String> KAFKA = Map.of("bootstrap.servers", "localhost:9092");

    private static Configuration parse(String sourceLimits, String replicaLimits) {
        return ConfigurationFile.parse("freshet.yaml", """
                kafka: { bootstrap-servers: "localhost:9092" }
                sources: { shop: { url: "jdbc:postgresql://localhost/shop", user: u %s } }
                streams:
                  orders: { source: shop, table: public.orders }
                  items: { topic: crm.items, ledger: crm-ledger }
                replicas:
                  copy:
                    streams: { orders: {}, items: {} }
                    url: jdbc:postgresql://localhost/copy
                    user: u
                %s
                """.formatted(sourceLimits, replicaLimits), Map.of());
    }

    private static SourceConfig shop(Configuration c) {
        return Objects.requireNonNull(c.sources().get("shop"));
    }

    private static dev.freshet.replica.ReplicaConfig replica(Configuration c) {
        ReplicaConfig copy = Objects.requireNonNull(c.replicas().get("copy"));
        return Settings.replica(c, copy, KAFKA);
    }

    private static List<Object> values(RelaySettings s) {
        return List.of(
                s.batch().records(),
                s.batch().bytes(),
                s.batch().age(),
                s.batch().linger(),
                s.streamRetryLimit(),
                s.topicCheckInterval(),
                s.topicDoubtLimit(),
                s.sampleInterval(),
                s.heartbeatInterval(),
                s.retainedWalAlarmBytes(),
                s.ledgerReplicationFactor(),
                s.snapshotLimits().maxRowsPerSecond());
    }

    private static List<Object> values(PostgresSettings s) {
        return List.of(s.statusInterval(), s.silenceLimit(), s.connectTimeout(), s.statementTimeout(), s.snapshot());
    }

    private static List<StreamSettings> streams(String settings) {
        Configuration c = ConfigurationFile.parse("freshet.yaml", """
                kafka: { bootstrap-servers: "localhost:9092" }
                sources: { shop: { url: "jdbc:postgresql://localhost/shop", user: u } }
                streams:
                  orders: { source: shop, table: public.orders %s }
                """.formatted(settings), Map.of());
        return Settings.relay(c, shop(c), KAFKA).streams();
    }

    @Test
    void streamSettings_reachTheRelay() {
        StreamSettings orders =
                StreamSettings.of(new TableCapture("orders", "public.orders", List.of(), List.of()), "shop.orders");
        assertEquals(List.of(orders), streams(""));
        assertEquals(
                List.of(new StreamSettings(
                        "orders",
                        "t",
                        2,
                        3,
                        1,
                        new StreamSettings.Rows(
                                orders.table().orElseThrow(),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                HeaderSet.MINIMAL))),
                streams(
                        ", topic: t, partitions: 2, replication-factor: 3, min-insync-replicas: 1, min-compaction-lag: 4s,"
                                + " delete-retention: 5s, headers: minimal"));
    }

    @Test
    void limits_reachTheRelay() {
        Configuration c = parse(
                ", limits: { batch-records: 1, batch-size: 64kB, commit-interval: 3ms, commit-linger: 2ms, retry-timeout: 4s,"
                        + " topic-check-interval: 12s, topic-doubt-timeout: 13s,"
                        + " sample-interval: 50ms, heartbeat-interval: 6s, status-interval: 7s, connect-timeout: 8s,"
                        + " statement-timeout: 9s, wal-receiver-timeout: 15s, snapshot-readers: 10, snapshot-rows: 11, snapshot-max-rows-per-second: 12,"
                        + " ledger-replication-factor: 3 }",
                "");
        assertEquals(
                List.of(
                        1,
                        64L << 10,
                        Duration.ofMillis(3),
                        Duration.ofMillis(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(13),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(6),
                        10L << 30,
                        3,
                        12L),
                values(Settings.relay(c, shop(c), KAFKA)));
        SnapshotSettings standard = SnapshotSettings.DEFAULTS;
        assertEquals(
                List.of(
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        new SnapshotSettings(10, 11, standard.bytes(), standard.lockWait(), standard.limit())),
                values(Settings.postgres(shop(c))));
    }

    @Test
    void limits_reachTheReplica() {
        Configuration c = parse(
                "",
                "    show-data: true\n    dead-letter-topic: dead\n    dead-letter-limit: 7\n    limits: { batch-rows: 1, batch-size: 2kB, fill-memory: 64kB,"
                        + " snapshot-follow-timeout: 12s, snapshot-row-timeout: 13s, retry-backoff: 30ms"
                        + ", retry-backoff-max: 4s, freshness-interval: 5s, freshness-timeout: 6s, ledger-timeout: 7s,"
                        + " connect-timeout: 8s, lock-timeout: 9s, idle-in-transaction-session-timeout: 10s,"
                        + " tcp-user-timeout: 11s, answer-timeout: 14s }");
        dev.freshet.replica.ReplicaConfig r = replica(c);
        dev.freshet.replica.ReplicaConfig standard = standardReplica();
        assertEquals(
                new dev.freshet.replica.ApplyLimits(
                        1,
                        2 << 10,
                        standard.limits().fillPieceRows(),
                        64 << 10,
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(13),
                        standard.limits().schemaWait(),
                        Duration.ofMillis(30),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7)),
                r.limits());
        assertEquals(
                new dev.freshet.replica.SessionLimits(
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(14)),
                r.sessions());
        assertEquals(true, r.showData());
        assertEquals(new DeadLetterSettings("dead", 7), r.deadLetters());
    }

    private static dev.freshet.replica.ReplicaConfig standardReplica() {
        return dev.freshet.replica.ReplicaConfig.builder("copy")
                .database("jdbc:postgresql://localhost/copy", "u", "")
                .kafka(KAFKA)
                .stream(new dev.freshet.replica.StreamTarget(
                        "orders",
                        "shop.orders",
                        null,
                        dev.freshet.replica.table.TableName.parse("public.orders"),
                        Map.of()))
                .build();
    }

    @Test
    void whatIsLeftOut_isTheModulesOwnDefault() {
        Configuration c = parse("", "");
        RelaySettings relay = Settings.relay(c, shop(c), KAFKA);
        assertEquals(
                values(RelaySettings.builder("shop", relay.streams(), KAFKA).build()), values(relay));
        assertEquals(
                values(PostgresSettings.builder("shop", "jdbc:postgresql://localhost/shop", "u", "")
                        .build()),
                values(Settings.postgres(shop(c))));
        assertEquals(standardReplica().limits(), replica(c).limits());
        assertEquals(standardReplica().sessions(), replica(c).sessions());
        assertEquals(false, replica(c).showData());
        assertNull(replica(c).deadLetters());
    }

    @Test
    void ledger_isTheSourcesOrTheNamedOne() {
        Configuration c = parse("", "");
        assertEquals("shop.freshet-ledger", replica(c).streams().get(0).ledger());
        assertEquals("crm-ledger", replica(c).streams().get(1).ledger());
    }
}
