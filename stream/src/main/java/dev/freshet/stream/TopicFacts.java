package dev.freshet.stream;

import java.time.Duration;

/**
 * A topic as Kafka describes it.
 *
 * @param topic its name
 * @param topicId its id: another one means that the topic was made again
 * @param partitions its partition count
 * @param minCompactionLag {@code min.compaction.lag.ms}
 * @param deleteRetention {@code delete.retention.ms}
 */
public record TopicFacts(
        String topic, String topicId, int partitions, Duration minCompactionLag, Duration deleteRetention) {
    /** Rejects a topic without partitions and negative times. */
    public TopicFacts {
        if (partitions < 1 || minCompactionLag.isNegative() || deleteRetention.isNegative()) {
            throw new IllegalArgumentException("Topic '" + topic + "' cannot have " + partitions
                    + " partitions, min.compaction.lag.ms " + minCompactionLag + " and delete.retention.ms "
                    + deleteRetention);
        }
    }

    /** Returns the shorter of the two limits: how long a copy may be away from the log's end and still be right. */
    public Duration awayLimit() {
        return minCompactionLag.compareTo(deleteRetention) < 0 ? minCompactionLag : deleteRetention;
    }
}
