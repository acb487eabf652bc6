package dev.freshet.replica.agent;

import dev.freshet.replica.ReplicaConfig;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.kafka.KafkaConnection;
import dev.freshet.stream.kafka.KafkaDeadLetters;
import dev.freshet.stream.kafka.KafkaLedgerReader;
import dev.freshet.stream.kafka.KafkaStreamReader;
import dev.freshet.stream.kafka.LedgerLocator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Readers of a real Kafka. */
public final class KafkaReaders implements Readers {
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);

    private final KafkaConnection kafka;
    private final String name;
    private final String group;
    private final InstantSource clock;

    /** Creates the readers' maker of a replica; nothing is asked of the brokers yet. */
    public KafkaReaders(ReplicaConfig config, InstantSource clock) {
        Map<String, String> properties = new HashMap<>(config.kafka());
        String servers = Objects.requireNonNull(properties.remove("bootstrap.servers"), "bootstrap.servers");
        this.kafka = new KafkaConnection(servers, properties);
        this.name = config.name();
        this.group = config.group();
        this.clock = clock;
    }

    @Override
    public StreamReader inGroup() {
        return KafkaStreamReader.create(kafka, name, group, ASK_LIMIT);
    }

    @Override
    public StreamReader alone() {
        return KafkaStreamReader.create(kafka, name, null, ASK_LIMIT);
    }

    @Override
    public LedgerReader ledger(String ledger, Set<String> topics) {
        LedgerView view = new LedgerView(ledger, topics, LedgerView.DEFAULT_BOUNDARIES, clock);
        return KafkaLedgerReader.create(kafka, view, ASK_LIMIT);
    }

    @Override
    public DeadLetters deadLetters(String topic) {
        return KafkaDeadLetters.create(kafka, name, topic, ASK_LIMIT);
    }

    @Override
    public StreamLocation locate(String topic, @Nullable String ledger) throws InterruptedException {
        return new LedgerLocator(kafka, ASK_LIMIT, clock).locate(topic, ledger);
    }
}
