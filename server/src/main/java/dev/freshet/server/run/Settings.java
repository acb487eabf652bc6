package dev.freshet.server.run;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.replica.Consistency;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.table.TableName;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.KafkaConfig;
import dev.freshet.server.config.Limits;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.ReplicaLimits;
import dev.freshet.server.config.Secret;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.SourceLimits;
import dev.freshet.server.config.StreamConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From the file's settings to those of the modules. */
public final class Settings {
    private static final Duration LEAST_SENDER_TIMEOUT = Duration.ofSeconds(10);

    private Settings() {}

    /**
     * Returns the properties of every Kafka client.
     *
     * @param bootstrapServers the servers, which for an embedded Kafka are known once it runs
     */
    public static Map<String, String> kafka(KafkaConfig kafka, String bootstrapServers) {
        Map<String, String> properties = new LinkedHashMap<>(kafka.properties());
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /** Returns the settings of a source's relay. */
    public static RelaySettings relay(Configuration config, SourceConfig source, Map<String, String> kafka) {
        List<StreamSettings> streams =
                config.streamsOf(source.name()).stream().map(Settings::stream).toList();
        Limits limits = source.limits();
        Integer rowsPerSecond = limits.find(SourceLimits.SNAPSHOT_MAX_ROWS_PER_SECOND);
        RelaySettings.Builder builder = RelaySettings.builder(source.name(), streams, kafka)
                .ledger(source.ledger())
                .slot(source.slot())
                .retainedWalAlarmBytes(source.maxRetainedWalBytes())
                .onLoss(source.onLoss())
                .events(source.events())
                .batch(limits.get(SourceLimits.BATCH_RECORDS), limits.get(SourceLimits.BATCH_SIZE))
                .batchAge(limits.get(SourceLimits.COMMIT_INTERVAL))
                .batchLinger(limits.get(SourceLimits.COMMIT_LINGER))
                .streamRetryLimit(limits.get(SourceLimits.RETRY_TIMEOUT))
                .topicCheckInterval(limits.get(SourceLimits.TOPIC_CHECK_INTERVAL))
                .topicDoubtLimit(limits.get(SourceLimits.TOPIC_DOUBT_TIMEOUT))
                .sampleInterval(limits.get(SourceLimits.SAMPLE_INTERVAL))
                .heartbeatInterval(limits.get(SourceLimits.HEARTBEAT))
                .ledgerReplicationFactor(orDefault(limits.find(SourceLimits.LEDGER_REPLICATION_FACTOR)));
        if (rowsPerSecond != null) {
            builder.snapshotMaxRowsPerSecond(rowsPerSecond);
        }
        return builder.build();
    }

    private static StreamSettings stream(StreamConfig stream) {
        StreamConfig.Capture c = Objects.requireNonNull(stream.capture());
        return new StreamSettings(
                stream.name(),
                stream.topic(),
                c.partitions(),
                orDefault(c.replicationFactor()),
                orDefault(c.minInsyncReplicas()),
                content(stream.name(), c.content()));
    }

    private static StreamSettings.Content content(String name, StreamConfig.Content content) {
        if (content instanceof StreamConfig.Rows rows) {
            return new StreamSettings.Rows(
                    new TableCapture(name, rows.table(), rows.columns(), rows.key()),
                    rows.minCompactionLag(),
                    rows.deleteRetention(),
                    rows.headers());
        }
        StreamConfig.Events events = (StreamConfig.Events) content;
        return new StreamSettings.Events(Optional.of(events.retention()), events.maxMessageBytes());
    }

    /** Returns how a source's PostgreSQL is reached. */
    public static PostgresSettings postgres(SourceConfig source) {
        Limits limits = source.limits();
        SnapshotSettings snapshot = SnapshotSettings.DEFAULTS;
        Duration senderTimeout = limits.get(SourceLimits.STATUS_INTERVAL).multipliedBy(3);
        return PostgresSettings.builder(source.name(), source.url(), source.user(), reveal(source.password()))
                .slot(source.slot())
                .publication(source.publication())
                .statusInterval(limits.get(SourceLimits.STATUS_INTERVAL))
                .silenceLimit(limits.get(SourceLimits.WAL_RECEIVER_TIMEOUT))
                .connectTimeout(limits.get(SourceLimits.CONNECT_TIMEOUT))
                .statementTimeout(limits.get(SourceLimits.STATEMENT_TIMEOUT))
                .snapshot(new SnapshotSettings(
                        limits.get(SourceLimits.SNAPSHOT_READERS),
                        limits.get(SourceLimits.SNAPSHOT_ROWS),
                        snapshot.bytes(),
                        snapshot.lockWait(),
                        snapshot.limit()))
                .walSenderTimeout(
                        senderTimeout.compareTo(LEAST_SENDER_TIMEOUT) < 0 ? LEAST_SENDER_TIMEOUT : senderTimeout)
                .build();
    }

    /** Returns how a source's outbox table is polled. */
    public static PollingSettings polling(SourceConfig source) {
        return PollingSettings.builder(
                        source.name(),
                        source.url(),
                        source.user(),
                        reveal(source.password()),
                        source.events().outbox().orElseThrow().table())
                .slot(source.slot())
                .pollInterval(source.pollInterval())
                .connectTimeout(source.limits().get(SourceLimits.CONNECT_TIMEOUT))
                .statementTimeout(source.limits().get(SourceLimits.STATEMENT_TIMEOUT))
                .build();
    }

    /** Returns the settings of a replica. */
    public static dev.freshet.replica.ReplicaConfig replica(
            Configuration config, ReplicaConfig replica, Map<String, String> kafka) {
        Limits limits = replica.limits();
        dev.freshet.replica.ReplicaConfig.Builder builder = dev.freshet.replica.ReplicaConfig.builder(replica.name())
                .database(replica.url(), replica.user(), reveal(replica.password()))
                .kafka(kafka)
                .group(replica.group())
                .schema(
                        switch (replica.schema()) {
                            case EVOLVE -> SchemaPolicy.EVOLVE;
                            case IGNORE -> SchemaPolicy.IGNORE;
                            case REFUSE -> SchemaPolicy.REFUSE;
                        })
                .consistency(
                        switch (replica.consistency()) {
                            case PER_KEY -> Consistency.PER_KEY;
                            case PER_TRANSACTION -> Consistency.PER_TRANSACTION;
                        })
                .deadLetterTopic(replica.deadLetterTopic())
                .deadLetterLimit(replica.deadLetterLimit())
                .showData(replica.showData())
                .batchRecords(limits.get(ReplicaLimits.BATCH_ROWS))
                .batchBytes(Math.toIntExact(limits.get(ReplicaLimits.BATCH_SIZE)))
                .fillFilterBytes(Math.toIntExact(limits.get(ReplicaLimits.FILL_MEMORY)))
                .snapshot(
                        limits.get(ReplicaLimits.SNAPSHOT_FOLLOW_TIMEOUT),
                        limits.get(ReplicaLimits.SNAPSHOT_ROW_TIMEOUT))
                .retry(limits.get(ReplicaLimits.RETRY_BACKOFF), limits.get(ReplicaLimits.RETRY_BACKOFF_MAX))
                .freshness(limits.get(ReplicaLimits.FRESHNESS_INTERVAL), limits.get(ReplicaLimits.FRESHNESS_TIMEOUT))
                .ledgerLimit(limits.get(ReplicaLimits.LEDGER_TIMEOUT))
                .connectTimeout(limits.get(ReplicaLimits.CONNECT_TIMEOUT))
                .lockTimeout(limits.get(ReplicaLimits.LOCK_TIMEOUT))
                .idleInTransactionTimeout(limits.get(ReplicaLimits.IDLE_IN_TRANSACTION_TIMEOUT))
                .tcpUserTimeout(limits.get(ReplicaLimits.TCP_USER_TIMEOUT))
                .answerTimeout(limits.get(ReplicaLimits.ANSWER_TIMEOUT));
        for (ReplicaConfig.Copy copy : replica.copies()) {
            StreamConfig stream = config.streamOf(copy);
            builder.stream(new StreamTarget(
                    copy.stream(), stream.topic(), stream.ledger(), TableName.parse(copy.table()), copy.columns()));
        }
        return builder.build();
    }

    private static int orDefault(@Nullable Integer count) {
        return count == null ? -1 : count;
    }

    static String reveal(@Nullable Secret secret) {
        return secret == null ? "" : secret.reveal();
    }
}
