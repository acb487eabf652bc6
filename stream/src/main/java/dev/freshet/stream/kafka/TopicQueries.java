package dev.freshet.stream.kafka;

import dev.freshet.model.RetriableException;
import dev.freshet.stream.TopicAnswers;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What the brokers say of topics, each answer within a limit. */
final class TopicQueries implements AutoCloseable {
    private final Admin admin;
    private final int limitMillis;

    TopicQueries(Admin admin, Duration limit) {
        this.admin = admin;
        this.limitMillis = Math.toIntExact(limit.toMillis());
    }

    private Map<String, TopicDescription> descriptions(Set<String> topics) {
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(limitMillis))
                .topicNameValues()
                .forEach((topic, answer) -> {
                    TopicDescription description = get("describing topic '" + topic + "'", answer);
                    if (description != null) {
                        found.put(topic, description);
                    }
                });
        return found;
    }

    TopicAnswers describe(Set<String> topics, Set<String> others) {
        Set<String> all = new HashSet<>(topics);
        all.addAll(others);
        Map<String, String> ids = new HashMap<>();
        List<ConfigResource> resources = new ArrayList<>();
        Map<String, TopicDescription> found = descriptions(all);
        found.forEach((topic, description) -> {
            ids.put(topic, description.topicId().toString());
            if (topics.contains(topic)) {
                resources.add(new ConfigResource(ConfigResource.Type.TOPIC, topic));
            }
        });
        Map<String, TopicFacts> facts = new HashMap<>();
        admin.describeConfigs(resources, new DescribeConfigsOptions().timeoutMs(limitMillis))
                .values()
                .forEach((resource, answer) -> {
                    Config config = get("reading the configuration of topic '" + resource.name() + "'", answer);
                    TopicDescription description = found.get(resource.name());
                    if (config != null && description != null) {
                        facts.put(resource.name(), facts(description, config));
                    }
                });
        return new TopicAnswers(facts, ids);
    }

    private static TopicFacts facts(TopicDescription description, Config config) {
        return new TopicFacts(
                description.name(),
                description.topicId().toString(),
                description.partitions().size(),
                millis(config, TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG),
                millis(config, TopicConfig.DELETE_RETENTION_MS_CONFIG));
    }

    private static Duration millis(Config config, String name) {
        return Duration.ofMillis(Long.parseLong(config.get(name).value()));
    }

    /**
     * Returns where partitions end, with what is not decided yet.
     *
     * @throws RetriableException if one does not exist (any more)
     */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(p -> question.put(p, OffsetSpec.latest()));
        ListOffsetsResult answers = admin.listOffsets(
                question, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(limitMillis));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition p : question.keySet()) {
            ListOffsetsResult.ListOffsetsResultInfo end =
                    get("asking where partition '" + p + "' ends", answers.partitionResult(p));
            if (end == null) {
                throw new RetriableException(
                        "Partition '" + p + "' does not exist (any more), so that its end is not known");
            }
            ends.put(p, end.offset());
        }
        return ends;
    }

    /** Returns the names of all topics that this client may describe. */
    Set<String> names() {
        Set<String> names = get(
                "listing the topics",
                admin.listTopics(new ListTopicsOptions().timeoutMs(limitMillis)).names());
        return names == null ? Set.of() : names;
    }

    /** Returns the answer, or null if the topic does not exist. */
    private static <T> @Nullable T get(String what, KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted at " + what, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw KafkaFaults.translate(what, cause);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofMillis(limitMillis));
    }
}
