package dev.freshet.relay.internal;

import dev.freshet.model.Position;
import dev.freshet.model.TopicRecord;
import java.util.ArrayList;
import java.util.List;

/** The rows and events of the source transaction that is being read. Belongs to the relay's thread. */
final class OpenRows {
    private final List<TopicRecord> rows = new ArrayList<>();
    private long bytes;

    void add(TopicRecord row) {
        rows.add(row);
        bytes += row.bytes();
    }

    /** Returns the position of the last of them; there is one. */
    Position last() {
        return rows.get(rows.size() - 1).position();
    }

    int records() {
        return rows.size();
    }

    /** Returns how many bytes the keys and values have. */
    long bytes() {
        return bytes;
    }

    /** Adds them to the batch, and is empty. */
    void sendTo(Batch batch) {
        rows.forEach(batch::send);
        clear();
    }

    void clear() {
        rows.clear();
        bytes = 0;
    }
}
