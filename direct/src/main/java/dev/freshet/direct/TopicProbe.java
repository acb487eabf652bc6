package dev.freshet.direct;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells why the producer does not know a topic, which it does not say without waiting. Belongs to the loop's thread; answers come
 * on it too.
 */
final class TopicProbe {
    private static final int ASK_MILLIS = 3000;
    /** A topic that was just made is not known to every broker at once. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Admin admin;
    private final EventLoop loop;
    /** Whoever waits for an answer, by topic: one question serves all. */
    private final Map<String, List<Consumer<Fault>>> asked = new HashMap<>();

    private final Map<String, Long> missingSince = new HashMap<>();

    TopicProbe(Admin admin, EventLoop loop) {
        this.admin = admin;
        this.loop = loop;
    }

    /** Asks why a topic is not known; passing, if there is no reason. */
    void ask(String topic, Consumer<Fault> answer) {
        List<Consumer<Fault>> waiting = asked.get(topic);
        if (waiting != null) {
            waiting.add(answer);
            return;
        }
        asked.put(topic, new ArrayList<>(List.of(answer)));
        KafkaFuture<TopicDescription> unused = Objects.requireNonNull(
                        admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(ASK_MILLIS))
                                .topicNameValues()
                                .get(topic))
                .whenComplete((found, e) -> loop.execute(() -> answer(topic, fault(topic, e))));
    }

    /** Takes note that a record of a topic was written. */
    void written(String topic) {
        missingSince.remove(topic);
    }

    private void answer(String topic, Fault fault) {
        List<Consumer<Fault>> waiting = asked.remove(topic);
        if (waiting != null) {
            waiting.forEach(one -> one.accept(fault));
        }
    }

    private Fault fault(String topic, @Nullable Throwable e) {
        if (e instanceof UnknownTopicOrPartitionException) {
            long now = System.nanoTime();
            return now - missingSince.computeIfAbsent(topic, t -> now) < GRACE_NANOS
                    ? Fault.passing("There is no topic '" + topic + "' yet")
                    : Fault.lasting("unknown-topic", "There is no topic '" + topic + '\'');
        }
        missingSince.remove(topic);
        if (e == null) {
            return Fault.passing("Kafka's client does not know topic '" + topic + "' yet");
        }
        return e instanceof TopicAuthorizationException || e instanceof InvalidTopicException
                ? Fault.of(topic, e)
                : Fault.passing("Kafka cannot be asked for topic '" + topic + "': " + e.getMessage());
    }
}
