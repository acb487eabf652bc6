package dev.freshet.relay.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Waits for Kafka's answers and puts failures in words: what was asked, why there was no answer, and the way out. */
final class AdminCalls {
    private final String servers;

    /**
     * Creates calls.
     *
     * @param servers the cluster's address, for messages
     */
    AdminCalls(String servers) {
        this.servers = servers;
    }

    /**
     * Waits for an answer.
     *
     * @param what what is asked, to be read behind "Could not"
     * @throws RetriableException if Kafka is away
     * @throws ConfigurationException if Kafka refuses
     */
    <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failed(what, e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Returns what to throw after an interrupt, and restores its flag. */
    static RuntimeException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RetriableException("Interrupted while waiting for Kafka", e);
    }

    /** Returns what to throw when Kafka did not do what it was asked for; see {@link #await}. */
    RuntimeException failed(String what, @Nullable Throwable cause) {
        String message =
                "Could not " + what + " (Kafka at " + servers + "): " + rootMessage(cause) + ". " + wayOut(cause);
        boolean passing = cause instanceof org.apache.kafka.common.errors.RetriableException
                || cause instanceof InterruptException
                || !(cause instanceof ApiException);
        return passing ? new RetriableException(message, cause) : new ConfigurationException(message, cause);
    }

    private static String wayOut(@Nullable Throwable cause) {
        if (cause instanceof TimeoutException) {
            return "See whether kafka.bootstrap-servers names brokers that are up and to be reached from here";
        }
        if (cause instanceof AuthenticationException) {
            return "See whether kafka.properties has the user, password and certificates that the brokers want";
        }
        if (cause instanceof AuthorizationException) {
            return "Allow it to the Kafka user that kafka.properties names (kafka-acls.sh --add)";
        }
        if (cause instanceof UnsupportedVersionException) {
            return "Freshet needs brokers from 4.0 on";
        }
        return "If it does not pass by itself, see the brokers' logs";
    }

    /** Returns the message of the innermost cause. */
    static String rootMessage(@Nullable Throwable e) {
        Throwable t = e;
        if (t == null) {
            return "no reason given";
        }
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }
}
