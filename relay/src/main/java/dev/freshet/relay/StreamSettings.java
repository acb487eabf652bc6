package dev.freshet.relay;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.Names;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A stream that a relay writes.
 *
 * @param name its name
 * @param topic the topic's name
 * @param partitions how many partitions a new topic gets, from 1; an existing one must have as many
 * @param replicationFactor how many replicas a new topic gets; -1 for the broker's default
 * @param minInsyncReplicas the topic's {@code min.insync.replicas}; -1 for the broker's default
 * @param content what its topic holds
 */
public record StreamSettings(
        String name, String topic, int partitions, int replicationFactor, int minInsyncReplicas, Content content) {
    /** How long a tombstone stays by default. */
    public static final Duration DEFAULT_DELETE_RETENTION = Duration.ofDays(7);

    /** How long every version stays by default. */
    public static final Duration DEFAULT_MIN_COMPACTION_LAG = Duration.ofHours(1);

    /** How long an event stays by default. */
    public static final Duration DEFAULT_RETENTION = Duration.ofDays(7);

    /** How large an event may be by default, in bytes: Kafka's own default of {@code max.message.bytes}. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    /** What a topic holds. */
    public sealed interface Content permits Rows, Events {}

    /**
     * The latest state of each row of a table, in a compacted topic.
     *
     * @param capture the table and the columns
     * @param minCompactionLag how long every version of a row stays in the topic, at least; a copy that was away longer fills
     *     anew
     * @param deleteRetention how long a deleted row's tombstone stays, at least; a copy that was away longer fills anew
     * @param headers what its records carry beside their payload
     */
    public record Rows(TableCapture capture, Duration minCompactionLag, Duration deleteRetention, HeaderSet headers)
            implements Content {
        /** Rejects what is out of range. */
        public Rows {
            if (minCompactionLag.isNegative() || deleteRetention.isNegative()) {
                throw new IllegalArgumentException("Stream '" + capture.stream() + "' has a negative compaction lag ("
                        + minCompactionLag + ") or delete retention (" + deleteRetention + ")");
            }
        }
    }

    /**
     * Business events, which services publish under the stream's name, in a topic that forgets.
     *
     * @param retention how long an event stays in the topic, at least; empty for ever
     * @param maxMessageBytes the topic's {@code max.message.bytes}, from 1,024: how large an event may be, in bytes, with key,
     *     headers and what Kafka adds
     */
    public record Events(Optional<Duration> retention, int maxMessageBytes) implements Content {
        /** Rejects what is out of range. */
        public Events {
            retention.filter(r -> r.isNegative() || r.isZero()).ifPresent(r -> {
                throw new IllegalArgumentException("Events must be kept for some time, but their retention is " + r);
            });
            if (maxMessageBytes < 1024) {
                throw new IllegalArgumentException(
                        "Events must be allowed 1,024 bytes or more, but are allowed " + maxMessageBytes);
            }
        }
    }

    /** Rejects what is out of range. */
    public StreamSettings {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(content, "content");
        if (partitions < 1) {
            throw new IllegalArgumentException(
                    "Stream '" + name + "' needs 1 or more partitions, but has " + partitions);
        }
        if (content instanceof Rows rows && !rows.capture().stream().equals(name)) {
            throw new IllegalArgumentException(
                    "Stream '" + name + "' would capture a table for stream '" + rows.capture().stream() + "'");
        }
    }

    /** Returns the settings of a table's stream with one partition and defaults for all else. */
    public static StreamSettings of(TableCapture capture, String topic) {
        return of(capture, topic, HeaderSet.CLOUDEVENTS);
    }

    /** Returns the settings of a table's stream with one partition, those headers, and defaults for all else. */
    public static StreamSettings of(TableCapture capture, String topic, HeaderSet headers) {
        Rows rows = new Rows(capture, DEFAULT_MIN_COMPACTION_LAG, DEFAULT_DELETE_RETENTION, headers);
        return new StreamSettings(capture.stream(), topic, 1, -1, -1, rows);
    }

    /** Returns the settings of a stream of events with one partition and defaults for all else. */
    public static StreamSettings ofEvents(String name, String topic) {
        return new StreamSettings(
                name, topic, 1, -1, -1, new Events(Optional.of(DEFAULT_RETENTION), DEFAULT_MAX_MESSAGE_BYTES));
    }

    /** Returns the settings of the stream of dead letters, which are kept until they are dealt with. */
    static StreamSettings ofLetters(String topic, int maxMessageBytes) {
        return new StreamSettings(Names.DEAD_LETTERS, topic, 1, -1, -1, new Events(Optional.empty(), maxMessageBytes));
    }

    /** Returns these settings with another partition count. */
    public StreamSettings withPartitions(int count) {
        return new StreamSettings(name, topic, count, replicationFactor, minInsyncReplicas, content);
    }

    /** Returns its table; empty for a stream of events. */
    public Optional<TableCapture> table() {
        return content instanceof Rows rows ? Optional.of(rows.capture()) : Optional.empty();
    }
}
