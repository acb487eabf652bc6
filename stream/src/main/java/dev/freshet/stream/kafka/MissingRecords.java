package dev.freshet.stream.kafka;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Tells which records a reader wanted and cannot have. */
final class MissingRecords {
    private MissingRecords() {}

    /**
     * Returns the text for a person: from where to where records are missing in each partition, why, and the repair.
     *
     * @param stood where the reader stood, outside of what the topic holds
     * @param begins where the partitions begin now
     * @param ends where they end now
     */
    static String describe(
            Map<TopicPartition, Long> stood, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> inOrder =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        inOrder.putAll(stood);
        StringBuilder told = new StringBuilder();
        inOrder.forEach((partition, offset) -> {
            long begin = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            if (offset < begin) {
                told.append("The records of " + partition + " from offset " + offset + " to " + (begin - 1)
                        + " are missing: the topic now begins at " + begin + ". ");
            } else {
                told.append("The records of " + partition + " from offset " + end + " to " + (offset - 1)
                        + ", which were read before, are missing: the topic now ends at " + end
                        + ", so it was truncated or made again. ");
            }
        });
        return told + "Freshet stopped reading there and no longer tells the copy complete; run 'freshet remove"
                + " stream' with its name to begin it anew; the copy is then filled anew by itself";
    }
}
