package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** A dead-letter topic: whether it is there, keeps what it is given and may be written to; it is made if it is not. */
final class DeadLetterTopic {
    private final Admin admin;
    private final String topic;
    private final int limitMillis;

    DeadLetterTopic(Admin admin, String topic, Duration limit) {
        this.admin = admin;
        this.topic = topic;
        this.limitMillis = Math.toIntExact(limit.toMillis());
    }

    /**
     * Makes the topic if it is missing, with as many partitions and replicas as the brokers have for new topics; letters of one
     * key must not replace one another, so it is not compacted.
     *
     * @throws ConfigurationException if it may not be written to, is compacted, or is missing and may not be made
     */
    void require() throws InterruptedException {
        if (isThere()) {
            requireNotCompacted();
        } else {
            create(false);
        }
    }

    /** Returns what is wrong; changes nothing. */
    List<String> check() throws InterruptedException {
        try {
            if (isThere()) {
                requireNotCompacted();
            } else {
                create(true);
            }
            return List.of();
        } catch (ConfigurationException | RetriableException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private boolean isThere() throws InterruptedException {
        DescribeTopicsOptions options =
                new DescribeTopicsOptions().timeoutMs(limitMillis).includeAuthorizedOperations(true);
        try {
            TopicDescription found = admin.describeTopics(List.of(topic), options)
                    .allTopicNames()
                    .get()
                    .get(topic);
            Set<AclOperation> allowed = found == null ? null : found.authorizedOperations();
            if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
                throw mayNotWrite(null);
            }
            return true;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw cause instanceof AuthorizationException
                    ? mayNotWrite(cause)
                    : KafkaFaults.translate("looking for the dead-letter topic '" + topic + "'", cause);
        }
    }

    /** Looks at the topic's settings, where the user may see them. */
    private void requireNotCompacted() throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        DescribeConfigsOptions options = new DescribeConfigsOptions().timeoutMs(limitMillis);
        try {
            String policy = Objects.requireNonNull(admin.describeConfigs(List.of(resource), options)
                            .all()
                            .get()
                            .get(resource))
                    .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                    .value();
            if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                throw new ConfigurationException("The dead-letter topic '" + topic + "' has cleanup.policy=" + policy
                        + ", by which the letters of one row would replace one another: set it to"
                        + " cleanup.policy=delete, or name another topic as the replica's dead-letter-topic");
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (!(cause instanceof AuthorizationException)) {
                throw KafkaFaults.translate("looking at the settings of the dead-letter topic '" + topic + "'", cause);
            }
        }
    }

    private ConfigurationException mayNotWrite(@Nullable Throwable cause) {
        return new ConfigurationException(
                "The replica's user may not write to its dead-letter topic '" + topic + "': grant WRITE on it"
                        + " (docs/how-to/least-rights.md)",
                cause);
    }

    private void create(boolean onlyTry) throws InterruptedException {
        NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE));
        CreateTopicsOptions options =
                new CreateTopicsOptions().timeoutMs(limitMillis).validateOnly(onlyTry);
        try {
            admin.createTopics(List.of(wanted), options).all().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof TopicExistsException) {
                return;
            }
            if (cause instanceof org.apache.kafka.common.errors.RetriableException) {
                throw KafkaFaults.translate("making the dead-letter topic '" + topic + "'", cause);
            }
            throw new ConfigurationException(
                    "The dead-letter topic '" + topic + "' does not exist, and this user could not make it ("
                            + cause.getMessage()
                            + "): make it with cleanup.policy=delete, or grant CREATE on it, or take"
                            + " dead-letter-topic out of the replica",
                    cause);
        }
    }
}
