package dev.freshet.server.run;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.table.TableName;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.KafkaConfig;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.Secret;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.StreamConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        return RelaySettings.builder(source.name(), streams, kafka)
                .ledger(source.ledger())
                .slot(source.slot())
                .heartbeatInterval(source.heartbeat())
                .retainedWalAlarmBytes(source.maxRetainedWalBytes())
                .build();
    }

    private static StreamSettings stream(StreamConfig stream) {
        StreamConfig.Capture c = Objects.requireNonNull(stream.capture());
        return new StreamSettings(
                new TableCapture(stream.name(), c.table(), c.columns(), c.key()),
                stream.topic(),
                c.partitions(),
                c.replicationFactor() == null ? -1 : c.replicationFactor(),
                c.minInsyncReplicas() == null ? -1 : c.minInsyncReplicas(),
                c.minCompactionLag(),
                c.deleteRetention());
    }

    /** Returns how a source's PostgreSQL is reached. */
    public static PostgresSettings postgres(SourceConfig source) {
        Duration senderTimeout = source.statusInterval().multipliedBy(3);
        return PostgresSettings.builder(source.name(), source.url().value(), source.user(), reveal(source.password()))
                .slot(source.slot())
                .publication(source.publication())
                .statusInterval(source.statusInterval())
                .walSenderTimeout(
                        senderTimeout.compareTo(LEAST_SENDER_TIMEOUT) < 0 ? LEAST_SENDER_TIMEOUT : senderTimeout)
                .build();
    }

    /** Returns the settings of a replica. */
    public static dev.freshet.replica.ReplicaConfig replica(
            Configuration config, ReplicaConfig replica, Map<String, String> kafka) {
        dev.freshet.replica.ReplicaConfig.Builder builder = dev.freshet.replica.ReplicaConfig.builder(replica.name())
                .database(replica.url().value(), replica.user(), reveal(replica.password()))
                .kafka(kafka)
                .group(replica.group())
                .schema(
                        switch (replica.schema()) {
                            case EVOLVE -> SchemaPolicy.EVOLVE;
                            case IGNORE -> SchemaPolicy.IGNORE;
                            case REFUSE -> SchemaPolicy.REFUSE;
                        })
                .batchRecords(replica.batchRows());
        for (ReplicaConfig.Copy copy : replica.copies()) {
            StreamConfig stream = config.streamOf(copy);
            builder.stream(new StreamTarget(
                    copy.stream(), stream.topic(), stream.ledger(), TableName.parse(copy.table()), copy.columns()));
        }
        return builder.build();
    }

    static String reveal(@Nullable Secret secret) {
        return secret == null ? "" : secret.reveal();
    }
}
