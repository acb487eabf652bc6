package dev.freshet.direct;

import dev.freshet.model.DeadLetterHeaders;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Why a record was not written.
 *
 * @param kind what helps
 * @param word the fault in a word, the header {@link DeadLetterHeaders#ERROR}
 * @param reason the fault in a sentence without data, the header {@link DeadLetterHeaders#REASON}
 */
record Fault(Kind kind, String word, String reason) {
    /** What helps against a fault. */
    enum Kind {
        /** Nothing but a mend: the record or its topic is at fault. */
        LASTING,
        /** Trying again. */
        PASSING,
        /** Trying again with another producer: this one is of no use any more. */
        PRODUCER
    }

    static final Fault BEHIND = lasting(
            DeadLetterHeaders.BEHIND,
            "An earlier event of its key is a dead letter; it waits behind it to keep the order");

    static Fault lasting(String word, String reason) {
        return new Fault(Kind.LASTING, word, reason);
    }

    static Fault passing(String reason) {
        return new Fault(Kind.PASSING, "unavailable", reason);
    }

    /** Returns what a failure of Kafka's client means. */
    static Fault of(String topic, @Nullable Throwable e) {
        String told = "topic '" + topic + "': " + (e == null ? "no reason given" : e.getMessage());
        if (e instanceof RecordTooLargeException || e instanceof RecordBatchTooLargeException) {
            return lasting("too-large", "It is larger than max.message.bytes of " + told);
        }
        if (e instanceof TopicAuthorizationException) {
            return lasting("refused", "The service's user may not write to " + told);
        }
        if (e instanceof InvalidTopicException
                || e instanceof InvalidRecordException
                || e instanceof InvalidTimestampException
                || e instanceof UnsupportedForMessageFormatException
                || e instanceof PolicyViolationException
                || e instanceof SerializationException) {
            return lasting("refused", "Kafka does not accept it for " + told);
        }
        if (e instanceof RetriableException) {
            return passing("Kafka did not take it for " + told);
        }
        return new Fault(Kind.PRODUCER, "unavailable", "Kafka's client failed with " + told);
    }

    boolean lasts() {
        return kind == Kind.LASTING;
    }
}
