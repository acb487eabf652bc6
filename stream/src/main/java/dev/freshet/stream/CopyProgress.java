package dev.freshet.stream;

import dev.freshet.model.ledger.OffsetVector;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What a copy knows of itself when it asks how fresh it is. All maps go by topic and have the topics of one source.
 *
 * @param positions for every partition the offset of the next record, everything before being applied and committed
 * @param ends the ends of the log, from {@link StreamReader#endOffsets}; may be older than the positions
 * @param topicIds the ids of the topics from which the copy was filled, as it stored them
 * @param topics the topics as Kafka describes them now, from {@link StreamReader#describe}
 * @param caughtUpAt when the copy was last at the log's end, {@link LogEnd#at}
 */
public record CopyProgress(
        Map<String, OffsetVector> positions,
        Map<String, OffsetVector> ends,
        Map<String, String> topicIds,
        Map<String, TopicFacts> topics,
        Instant caughtUpAt) {
    /** Copies the maps and rejects a copy without topics. */
    public CopyProgress {
        positions = Map.copyOf(positions);
        ends = Map.copyOf(ends);
        topicIds = Map.copyOf(topicIds);
        topics = Map.copyOf(topics);
        if (topicIds.isEmpty()) {
            throw new IllegalArgumentException("A copy needs a topic");
        }
    }

    /** Returns the names of the copy's topics. */
    public Set<String> names() {
        return topicIds.keySet();
    }
}
