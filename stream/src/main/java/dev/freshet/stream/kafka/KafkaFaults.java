package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.jspecify.annotations.Nullable;

/** Kafka's exceptions in Freshet's words. */
final class KafkaFaults {
    private KafkaFaults() {}

    /**
     * Returns what to throw for a failure of Kafka's client.
     *
     * @param what what was done, such as {@code reading topic 'shop.orders'}
     */
    static RuntimeException translate(String what, Throwable e) {
        if (e instanceof FreshetException own) {
            return own;
        }
        String told = "Kafka failed at " + what + ": " + withoutStop(e.getMessage());
        if (e instanceof AuthorizationException) {
            return new ConfigurationException(
                    told + "; grant what is missing: READ and DESCRIBE_CONFIGS on each topic, READ on its ledger and on"
                            + " the consumer group (docs/how-to/least-rights.md)",
                    e);
        }
        if (e instanceof AuthenticationException
                || e instanceof InvalidTopicException
                || e instanceof InvalidConfigurationException) {
            return new ConfigurationException(told + "; check kafka.properties", e);
        }
        if (e instanceof FencedInstanceIdException) {
            return new ConfigurationException(
                    told + "; another process has the same group.instance.id: give each its own", e);
        }
        if (e instanceof InterruptException) {
            // its constructor has set the thread's flag, so that the next wait ends
            return new RetriableException("Interrupted at " + what, e);
        }
        if (e instanceof org.apache.kafka.common.errors.RetriableException) {
            return new RetriableException(told, e);
        }
        if (e instanceof ApiException || e instanceof KafkaException) {
            return new FreshetException(told, e);
        }
        return e instanceof RuntimeException other ? other : new FreshetException(told, e);
    }

    private static @Nullable String withoutStop(@Nullable String sentence) {
        return sentence != null && sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
