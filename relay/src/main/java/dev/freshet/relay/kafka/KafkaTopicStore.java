package dev.freshet.relay.kafka;

import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicsSeen;
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
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
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
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Topics and ledger by Kafka's admin client and a consumer of the ledger. */
public final class KafkaTopicStore implements TopicStore {
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);
    private static final Duration DELETE_LIMIT = Duration.ofSeconds(30);
    private static final Duration PROBE = Duration.ofMillis(50);
    private static final short TRANSACTION_VERSION = 2;
    /** In place of a stream's name. */
    private static final String LEDGER = "ledger";

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

    /**
     * Returns which rights on its topics the user that the settings name does not have, each a sentence. Nothing is known of topics
     * that are not there.
     *
     * @throws RetriableException if Kafka is away
     * @throws dev.freshet.model.ConfigurationException if it refuses
     */
    public List<String> missingRights() {
        List<String> names = Stream.concat(
                        Stream.of(settings.ledger()),
                        settings.streams().stream().map(StreamSettings::topic))
                .toList();
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            described(name, Objects.requireNonNull(described.get(name)))
                    .ifPresent(d -> missing.addAll(TopicRights.missing(name, d.authorizedOperations())));
        }
        return missing;
    }

    @Override
    public TopicsSeen look(Collection<StreamSettings> streams) {
        List<String> names = Stream.concat(
                        Stream.of(settings.ledger()), streams.stream().map(StreamSettings::topic))
                .toList();
        // asked for together; what is not there fails alone
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(names).topicNameValues();
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(
                        names.stream().map(KafkaTopicStore::resource).toList())
                .values();
        Map<String, TopicInfo> found = new LinkedHashMap<>();
        describe(LEDGER, settings.ledger(), Objects.requireNonNull(described.get(settings.ledger())))
                .ifPresent(info -> found.put(settings.ledger(), info));
        for (StreamSettings s : streams) {
            describe(s.name(), s.topic(), Objects.requireNonNull(described.get(s.topic())))
                    .ifPresent(info -> found.put(s.topic(), info));
        }
        KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> begins =
                askOffsets(found.values(), OffsetSpec.earliest());
        KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> ends = askOffsets(found.values(), OffsetSpec.latest());
        Map<String, TopicState> states = new HashMap<>();
        TopicInfo ledger = found.get(settings.ledger());
        for (StreamSettings s : streams) {
            TopicInfo info = found.get(s.topic());
            if (info != null) {
                List<String> contradictions = TopicPolicy.contradictions(s, info.partitions(), config(configs, info));
                states.put(s.name(), new TopicState(info, vector(info, begins), vector(info, ends), contradictions));
            }
        }
        return new TopicsSeen(
                ledger == null
                        ? null
                        : new TopicState(
                                ledger,
                                vector(ledger, begins),
                                vector(ledger, ends),
                                TopicPolicy.ledgerContradictions(
                                        settings, ledger.partitions(), config(configs, ledger))),
                states);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private Config config(Map<ConfigResource, KafkaFuture<Config>> asked, TopicInfo topic) {
        return calls.await(
                "read the settings of topic '" + topic.topic() + "'",
                Objects.requireNonNull(asked.get(resource(topic.topic()))));
    }

    private KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> askOffsets(
            Collection<TopicInfo> topics, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicInfo t : topics) {
            for (int p = 0; p < t.partitions(); p++) {
                wanted.put(new TopicPartition(t.topic(), p), spec);
            }
        }
        return admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                .all();
    }

    private OffsetVector vector(TopicInfo topic, KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> asked) {
        Map<TopicPartition, ListOffsetsResultInfo> found = calls.await("ask for the ends of topics", asked);
        long[] offsets = new long[topic.partitions()];
        for (int p = 0; p < offsets.length; p++) {
            offsets[p] = Objects.requireNonNull(found.get(new TopicPartition(topic.topic(), p)))
                    .offset();
        }
        return OffsetVector.of(offsets);
    }

    @Override
    public TopicInfo createLedger() {
        create(new NewTopic(settings.ledger(), Optional.of(1), replication(settings.ledgerReplicationFactor()))
                .configs(TopicPolicy.ofLedger()));
        return awaitSeen(LEDGER, settings.ledger());
    }

    private static Optional<Short> replication(int factor) {
        return factor < 1 ? Optional.empty() : Optional.of((short) factor);
    }

    private void create(NewTopic topic) {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                // nobody has looked at its settings and records
                throw new RetriableException(
                        "Topic '" + topic.name() + "' is there already, though a broker has just said that it is not;"
                                + " Freshet looks at it again",
                        e.getCause());
            }
            throw calls.failed("create topic '" + topic.name() + "'", e.getCause());
        } catch (InterruptedException e) {
            throw AdminCalls.interrupted(e);
        }
    }

    @Override
    public LedgerContents readLedger() {
        TopicPartition partition = new TopicPartition(settings.ledger(), 0);
        TopicInfo ledger = new TopicInfo(LEDGER, settings.ledger(), "", 1);
        long end =
                vector(ledger, askOffsets(List.of(ledger), OffsetSpec.latest())).offset(0);
        LedgerContents contents = new LedgerContents(end);
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, KafkaTopicWriter.RETRY_BACKOFF_MS);
        // to close, the consumer waits for the answer to the request that it has sent ahead
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
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
        return described(topic, asked)
                .map(d -> new TopicInfo(
                        stream, topic, d.topicId().toString(), d.partitions().size()));
    }

    private Optional<TopicDescription> described(String topic, KafkaFuture<TopicDescription> asked) {
        try {
            return Optional.of(asked.get());
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
        return awaitSeen(stream.name(), stream.topic());
    }

    private TopicInfo awaitSeen(String stream, String topic) {
        long deadline = System.nanoTime() + READ_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<TopicInfo> info = find(stream, topic);
            if (info.isPresent()) {
                return info.get();
            }
            pause();
        }
        throw new RetriableException("Topic '" + topic + "' was made but is not to be seen");
    }

    @Override
    public void delete(Collection<String> topics) {
        admin.deleteTopics(topics).topicNameValues().forEach((topic, asked) -> {
            try {
                asked.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw calls.failed("delete topic '" + topic + "'", e.getCause());
                }
            } catch (InterruptedException e) {
                throw AdminCalls.interrupted(e);
            }
        });
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
