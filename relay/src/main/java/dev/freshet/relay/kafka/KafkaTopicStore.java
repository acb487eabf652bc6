package dev.freshet.relay.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Topics and ledger by Kafka's admin client and a consumer of the ledger. */
public final class KafkaTopicStore implements TopicStore {
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);
    private static final Duration DELETE_LIMIT = Duration.ofSeconds(30);
    private static final Duration PROBE = Duration.ofMillis(50);
    private static final short TRANSACTION_VERSION = 2;

    private final RelaySettings settings;
    private final Admin admin;
    private final AdminCalls calls;

    private KafkaTopicStore(RelaySettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
        this.calls = new AdminCalls(settings.kafka().getOrDefault(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, ""));
    }

    /** Creates a store; the cluster is first asked by its methods. */
    public static KafkaTopicStore create(RelaySettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(AdminClientConfig.RETRY_BACKOFF_MS_CONFIG, KafkaTopicWriter.RETRY_BACKOFF_MS);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
        config.putAll(settings.kafka());
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, "freshet-relay-" + settings.source() + "-admin");
        try {
            return new KafkaTopicStore(settings, Admin.create(config));
        } catch (KafkaException e) {
            throw new RetriableException("No Kafka client could be made: " + AdminCalls.rootMessage(e), e);
        }
    }

    @Override
    public List<String> checkCluster() {
        FinalizedVersionRange range = calls.await(
                        "ask for the cluster's features, to know its transaction.version",
                        admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .get("transaction.version");
        short version = range == null ? 0 : range.maxVersionLevel();
        if (version < TRANSACTION_VERSION) {
            return List.of("The Kafka cluster has transaction.version " + version + ", but Freshet needs "
                    + TRANSACTION_VERSION
                    + " (below it a transaction can be torn, KIP-890): use brokers from 4.0 on and run"
                    + " 'kafka-features.sh upgrade --feature transaction.version=" + TRANSACTION_VERSION + "'");
        }
        return List.of();
    }

    @Override
    public Map<String, TopicState> look(Collection<StreamSettings> streams) {
        List<String> names = streams.stream().map(StreamSettings::topic).toList();
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(names).topicNameValues();
        Map<StreamSettings, TopicInfo> found = new LinkedHashMap<>();
        for (StreamSettings s : streams) {
            describe(s.name(), s.topic(), Objects.requireNonNull(asked.get(s.topic())))
                    .ifPresent(info -> found.put(s, info));
        }
        Map<String, Config> configs =
                configs(found.values().stream().map(TopicInfo::topic).toList());
        Map<String, long[]> begins = byTopic(found.values(), OffsetSpec.earliest());
        Map<String, long[]> ends = ends(found.values());
        Map<String, TopicState> states = new HashMap<>();
        found.forEach((stream, info) -> {
            Config config = Objects.requireNonNull(configs.get(info.topic()));
            states.put(
                    stream.name(),
                    new TopicState(
                            info,
                            OffsetVector.of(Objects.requireNonNull(begins.get(info.topic()))),
                            OffsetVector.of(Objects.requireNonNull(ends.get(info.topic()))),
                            TopicPolicy.contradictions(stream, info.partitions(), config)));
        });
        return states;
    }

    private Map<String, Config> configs(Collection<String> topics) {
        Map<String, Config> byTopic = new HashMap<>();
        List<ConfigResource> resources = topics.stream()
                .map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t))
                .toList();
        calls.await(
                        "read the settings of topics " + topics,
                        admin.describeConfigs(resources).all())
                .forEach((resource, config) -> byTopic.put(resource.name(), config));
        return byTopic;
    }

    @Override
    public void ensureLedger() {
        // Small segments and an early compaction: a reader reads the ledger whole, and the active segment is never
        // compacted.
        Map<String, String> config = Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
                TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(8 << 20),
                TopicConfig.SEGMENT_MS_CONFIG, "600000",
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "600000",
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
        Optional<TopicInfo> found = find("ledger", settings.ledger());
        if (found.isEmpty()) {
            create(new NewTopic(settings.ledger(), Optional.of(1), replication(settings.ledgerReplicationFactor()))
                    .configs(config));
        } else if (found.get().partitions() != 1) {
            throw new ConfigurationException("The ledger topic '" + settings.ledger() + "' has "
                    + found.get().partitions() + " partitions, but a ledger has one: name another with sources."
                    + settings.source() + ".ledger");
        } else {
            ConfigEntry policy = Objects.requireNonNull(
                            configs(List.of(settings.ledger())).get(settings.ledger()))
                    .get(TopicConfig.CLEANUP_POLICY_CONFIG);
            if (policy == null || !TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy.value())) {
                throw new ConfigurationException("The ledger topic '" + settings.ledger() + "' has cleanup.policy="
                        + (policy == null ? "" : policy.value())
                        + ", but a ledger that forgets is none: change the topic"
                        + " (kafka-configs.sh --alter --topic " + settings.ledger()
                        + " --add-config cleanup.policy=compact), or name another with sources." + settings.source()
                        + ".ledger");
            }
        }
    }

    private static Optional<Short> replication(int factor) {
        return factor < 1 ? Optional.empty() : Optional.of((short) factor);
    }

    private void create(NewTopic topic) {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw calls.failed("create topic '" + topic.name() + "'", e.getCause());
            }
        } catch (InterruptedException e) {
            throw AdminCalls.interrupted(e);
        }
    }

    @Override
    public LedgerContents readLedger() {
        TopicPartition partition = new TopicPartition(settings.ledger(), 0);
        long end = Objects.requireNonNull(
                offsets(List.of(partition), OffsetSpec.latest()).get(partition));
        LedgerContents contents = new LedgerContents();
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, KafkaTopicWriter.RETRY_BACKOFF_MS);
        config.putAll(settings.kafka());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-relay-" + settings.source() + "-ledger");
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + READ_LIMIT.toNanos();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) {
                    contents.put(new String(r.key(), StandardCharsets.UTF_8), r.value());
                }
                if (System.nanoTime() > deadline) {
                    throw new RetriableException("The ledger '" + settings.ledger() + "' could be read up to offset "
                            + consumer.position(partition) + " of " + end + " only, within " + READ_LIMIT.toSeconds()
                            + " s: an undecided transaction stands there; the relay does not start before it is decided"
                            + " (see kafka-transactions.sh find-hanging)");
                }
            }
            return contents;
        } catch (KafkaException e) {
            throw calls.failed("read the ledger '" + settings.ledger() + "'", e);
        }
    }

    @Override
    public Optional<TopicInfo> find(String stream, String topic) {
        return describe(
                stream,
                topic,
                Objects.requireNonNull(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
    }

    private Optional<TopicInfo> describe(String stream, String topic, KafkaFuture<TopicDescription> asked) {
        try {
            TopicDescription d = asked.get();
            return Optional.of(new TopicInfo(
                    stream, topic, d.topicId().toString(), d.partitions().size()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw calls.failed("find topic '" + topic + "'", e.getCause());
        } catch (InterruptedException e) {
            throw AdminCalls.interrupted(e);
        }
    }

    @Override
    public TopicInfo create(StreamSettings stream) {
        create(new NewTopic(stream.topic(), Optional.of(stream.partitions()), replication(stream.replicationFactor()))
                .configs(TopicPolicy.of(stream)));
        long deadline = System.nanoTime() + READ_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<TopicInfo> info = find(stream.name(), stream.topic());
            if (info.isPresent()) {
                return info.get();
            }
            pause();
        }
        throw new RetriableException("Topic '" + stream.topic() + "' was made but is not to be seen");
    }

    @Override
    public Map<String, long[]> ends(Collection<TopicInfo> topics) {
        return byTopic(topics, OffsetSpec.latest());
    }

    private Map<String, long[]> byTopic(Collection<TopicInfo> topics, OffsetSpec spec) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicInfo t : topics) {
            for (int p = 0; p < t.partitions(); p++) {
                partitions.add(new TopicPartition(t.topic(), p));
            }
        }
        Map<TopicPartition, Long> found = offsets(partitions, spec);
        Map<String, long[]> byTopic = new HashMap<>();
        for (TopicInfo t : topics) {
            long[] offsets = new long[t.partitions()];
            for (int p = 0; p < offsets.length; p++) {
                offsets[p] = Objects.requireNonNull(found.get(new TopicPartition(t.topic(), p)));
            }
            byTopic.put(t.topic(), offsets);
        }
        return byTopic;
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(p -> wanted.put(p, spec));
        Map<TopicPartition, ListOffsetsResultInfo> found = calls.await(
                "ask for the ends of topics",
                admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                        .all());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((p, info) -> offsets.put(p, info.offset()));
        return offsets;
    }

    @Override
    public void delete(Collection<String> topics) {
        for (String topic : topics) {
            try {
                admin.deleteTopics(List.of(topic)).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw calls.failed("delete topic '" + topic + "'", e.getCause());
                }
            } catch (InterruptedException e) {
                throw AdminCalls.interrupted(e);
            }
        }
        long deadline = System.nanoTime() + DELETE_LIMIT.toNanos();
        for (String topic : topics) {
            while (find("", topic).isPresent()) {
                if (System.nanoTime() > deadline) {
                    throw new RetriableException("Topic '" + topic + "' is still there after "
                            + DELETE_LIMIT.toSeconds() + " s, although its deletion was accepted");
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PROBE.toMillis());
        } catch (InterruptedException e) {
            throw AdminCalls.interrupted(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
