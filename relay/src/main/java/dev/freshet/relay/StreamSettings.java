package dev.freshet.relay;

import dev.freshet.capture.TableCapture;
import java.time.Duration;

/**
 * A stream that a relay writes.
 *
 * @param capture the table and the columns
 * @param topic the topic's name
 * @param partitions how many partitions a new topic gets, from 1; an existing one must have as many
 * @param replicationFactor how many replicas a new topic gets; -1 for the broker's default
 * @param minInsyncReplicas the topic's {@code min.insync.replicas}; -1 for the broker's default
 * @param minCompactionLag how long every version of a row stays in the topic, at least; a copy that was away longer fills
 *     anew
 * @param deleteRetention how long a deleted row's tombstone stays, at least; a copy that was away longer fills anew
 * @param headers what its records carry beside their payload
 */
public record StreamSettings(
        TableCapture capture,
        String topic,
        int partitions,
        int replicationFactor,
        int minInsyncReplicas,
        Duration minCompactionLag,
        Duration deleteRetention,
        HeaderSet headers) {
    /** How long a tombstone stays by default. */
    public static final Duration DEFAULT_DELETE_RETENTION = Duration.ofDays(7);

    /** How long every version stays by default. */
    public static final Duration DEFAULT_MIN_COMPACTION_LAG = Duration.ofHours(1);

    /** Rejects what is out of range. */
    public StreamSettings {
        if (partitions < 1) {
            throw new IllegalArgumentException(
                    "Stream '" + capture.stream() + "' needs 1 or more partitions, but has " + partitions);
        }
        if (minCompactionLag.isNegative() || deleteRetention.isNegative()) {
            throw new IllegalArgumentException("Stream '" + capture.stream() + "' has a negative compaction lag ("
                    + minCompactionLag + ") or delete retention (" + deleteRetention + ")");
        }
    }

    /** Returns the settings of a stream with one partition and defaults for all else. */
    public static StreamSettings of(TableCapture capture, String topic) {
        return new StreamSettings(
                capture, topic, 1, -1, -1, DEFAULT_MIN_COMPACTION_LAG, DEFAULT_DELETE_RETENTION, HeaderSet.CLOUDEVENTS);
    }

    /** Returns these settings with another partition count. */
    public StreamSettings withPartitions(int count) {
        return new StreamSettings(
                capture,
                topic,
                count,
                replicationFactor,
                minInsyncReplicas,
                minCompactionLag,
                deleteRetention,
                headers);
    }

    /** Returns these settings with other headers. */
    public StreamSettings withHeaders(HeaderSet set) {
        return new StreamSettings(
                capture,
                topic,
                partitions,
                replicationFactor,
                minInsyncReplicas,
                minCompactionLag,
                deleteRetention,
                set);
    }

    /** Returns the stream's name. */
    public String name() {
        return capture.stream();
    }
}
