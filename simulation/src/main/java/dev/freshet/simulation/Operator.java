package dev.freshet.simulation;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.internal.LedgerState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.util.List;

/** Does what the commands do with which a person repairs a source. */
final class Operator {
    private final SimDatabase db;
    private final SimKafka kafka;

    Operator(SimDatabase db, SimKafka kafka) {
        this.db = db;
        this.kafka = kafka;
    }

    /** Returns the streams that the ledger calls broken. */
    List<String> broken() {
        Cursor cursor = kafka.cursor();
        return cursor == null
                ? List.of()
                : cursor.streams().values().stream()
                        .filter(e -> e.status() == StreamStatus.BROKEN)
                        .map(StreamEntry::stream)
                        .toList();
    }

    /** Does what {@code freshet remove stream} does; the relays have been stopped. */
    void removeStream(String stream) {
        db.reader = 0;
        TopicStore topics = kafka.openStore(Calls.UNDISTURBED);
        TopicWriter writer = kafka.openWriter(Calls.UNDISTURBED);
        writer.fence();
        Cursor cursor = topics.readLedger().cursor();
        StreamEntry entry = cursor == null ? null : cursor.streams().get(stream);
        if (cursor == null || entry == null) {
            return;
        }
        LedgerState ledger = new LedgerState("operator", cursor.source(), cursor);
        ledger.forget(stream, topics.readLedger().keys(""));
        topics.delete(List.of(entry.topic()));
        writer.begin();
        ledger.writeTo(writer, kafka.now());
        writer.commit();
    }
}
