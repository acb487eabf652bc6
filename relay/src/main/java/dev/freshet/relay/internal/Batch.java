package dev.freshet.relay.internal;

import dev.freshet.model.TopicRecord;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicWriter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The open batch: begins with the first record and counts what was sent. Belongs to the relay's thread. */
final class Batch {
    private final TopicWriter writer;
    private final Map<String, TopicInfo> topics;
    private final Set<String> muted;
    private final Set<String> streams = new HashSet<>();
    private boolean begun;
    private int records;
    private long bytes;

    /**
     * Creates an empty batch.
     *
     * @param topics the topics by stream
     * @param muted the streams whose changes are left out, since they are broken by their topic
     */
    Batch(TopicWriter writer, Map<String, TopicInfo> topics, Set<String> muted) {
        this.writer = writer;
        this.topics = topics;
        this.muted = Set.copyOf(muted);
    }

    void send(TopicRecord row) {
        TopicInfo topic = topics.get(row.stream());
        if (topic == null || muted.contains(row.stream())) {
            return;
        }
        begin();
        writer.send(topic, row);
        streams.add(row.stream());
        records++;
        bytes += row.bytes();
    }

    void begin() {
        if (!begun) {
            writer.begin();
            begun = true;
        }
    }

    boolean isEmpty() {
        return !begun;
    }

    Set<String> streams() {
        return streams;
    }

    int records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    void reset() {
        begun = false;
        streams.clear();
        records = 0;
        bytes = 0;
    }
}
