package dev.freshet.direct;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The dead-letter topic: made if it is missing, and refused if it is compacted. Safe to share between threads. */
final class LetterTopic {
    private static final int ASK_MILLIS = 3000;

    private final Admin admin;
    private final String topic;
    private final int maxBytes;
    private volatile boolean ready;

    LetterTopic(Admin admin, DirectSettings settings) {
        this.admin = admin;
        this.topic = settings.deadLetterTopic();
        this.maxBytes = settings.maxRecordBytes();
    }

    /** Returns why it takes no letters; empty once it does. The stage never fails. */
    CompletionStage<Optional<Fault>> require() {
        if (ready) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return Objects.requireNonNull(
                        admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(ASK_MILLIS))
                                .topicNameValues()
                                .get(topic))
                .toCompletionStage()
                .handle((found, e) -> e == null
                        ? requireNotCompacted()
                        : cause(e) instanceof UnknownTopicOrPartitionException ? create() : fault("looking for", e))
                .thenCompose(stage -> stage)
                .thenApply(fault -> {
                    ready = fault.isEmpty();
                    return fault;
                });
    }

    /** Has it looked for again, since it did not take a letter. */
    void doubt() {
        ready = false;
    }

    private CompletionStage<Optional<Fault>> requireNotCompacted() {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().timeoutMs(ASK_MILLIS))
                                .values()
                                .get(resource))
                .toCompletionStage()
                .handle((config, e) -> {
                    if (e == null) {
                        return policy(config);
                    }
                    // who may not see it has to know it
                    return cause(e) instanceof AuthorizationException
                            ? CompletableFuture.completedFuture(Optional.<Fault>empty())
                            : fault("looking at the settings of", e);
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Optional<Fault>> policy(Config config) {
        String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        return CompletableFuture.completedFuture(
                policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)
                        ? Optional.of(Fault.lasting(
                                "refused",
                                "The dead-letter topic '" + topic + "' has cleanup.policy=" + policy
                                        + ", by which the letters of a key would replace one another: set it to"
                                        + " cleanup.policy=delete, or name another by deadLetterTopic(…)"))
                        : Optional.empty());
    }

    private CompletionStage<Optional<Fault>> create() {
        NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        "-1",
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(maxBytes)));
        return Objects.requireNonNull(
                        admin.createTopics(List.of(wanted), new CreateTopicsOptions().timeoutMs(ASK_MILLIS))
                                .values()
                                .get(topic))
                .toCompletionStage()
                .handle((done, e) -> e == null || cause(e) instanceof TopicExistsException
                        ? CompletableFuture.completedFuture(Optional.<Fault>empty())
                        : fault("making", e))
                .thenCompose(stage -> stage);
    }

    /** Whatever it is may be mended while the service runs, and is tried again. */
    private CompletionStage<Optional<Fault>> fault(String what, Throwable e) {
        String told = "Kafka failed at " + what + " the dead-letter topic '" + topic + "': "
                + cause(e).getMessage()
                + "; the service's user needs CREATE, DESCRIBE and WRITE on it, to park keys READ too";
        return CompletableFuture.completedFuture(Optional.of(
                cause(e) instanceof RetriableException ? Fault.passing(told) : Fault.lasting("refused", told)));
    }

    private static Throwable cause(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }
}
