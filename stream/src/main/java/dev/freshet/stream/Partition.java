package dev.freshet.stream;

/**
 * A partition of a topic.
 *
 * @param topic the topic
 * @param number the partition's number, from 0
 */
public record Partition(String topic, int number) implements Comparable<Partition> {
    /** Rejects a negative number. */
    public Partition {
        if (topic.isEmpty() || number < 0) {
            throw new IllegalArgumentException("Not a partition: '" + topic + "-" + number + "'");
        }
    }

    @Override
    public int compareTo(Partition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(number, other.number);
    }

    /** Returns {@code topic-number}, as Kafka writes it. */
    @Override
    public String toString() {
        return topic + '-' + number;
    }
}
