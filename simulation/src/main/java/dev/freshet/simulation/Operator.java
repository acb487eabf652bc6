package dev.freshet.simulation;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.internal.LedgerState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

/** Does what the commands do with which a person repairs a source. */
final class Operator {
    private final SimDatabase db;
    private final SimKafka kafka;

    Operator(SimDatabase db, SimKafka kafka) {
        this.db = db;
        this.kafka = kafka;
    }

    /** Returns the streams that the ledger calls broken and that are mended in a way. */
    List<String> broken(Mending by) {
        return streams().stream()
                .filter(e -> e.mending() == by)
                .map(StreamEntry::stream)
                .toList();
    }

    private Collection<StreamEntry> streams() {
        Cursor cursor = kafka.cursor();
        return cursor == null ? List.of() : cursor.streams().values();
    }

    /** Does what {@code freshet resnapshot} does. */
    void readAnew(String stream) {
        edit(stream, (ledger, e) -> {
            if (e.status() != StreamStatus.STOPPED && (e.mending() == null || e.mending() == Mending.ROWS)) {
                ledger.put(e.readAnew(ledger.boundary().position(), "an operator asked for it"));
            }
        });
    }

    /** Has the snapshots that are under way pause, or go on at so many rows a second; 0 for as many as there are. */
    void pace(boolean pause, long rowsPerSecond) {
        for (StreamEntry entry : streams()) {
            SnapshotProgress seen = entry.snapshot();
            if (entry.status() == StreamStatus.SNAPSHOTTING
                    && seen != null
                    && (seen.paused() != pause || seen.maxRowsPerSecond() != rowsPerSecond)) {
                edit(entry.stream(), (ledger, e) -> {
                    SnapshotProgress now = e.snapshot();
                    if (now != null && e.status() == StreamStatus.SNAPSHOTTING) {
                        ledger.put(e.snapshotting(e.since(), now.with(pause, rowsPerSecond)));
                    }
                });
            }
        }
    }

    private void edit(String stream, BiConsumer<LedgerState, StreamEntry> change) {
        TopicStore topics = kafka.openStore(Calls.UNDISTURBED);
        TopicWriter writer = kafka.openWriter(Calls.UNDISTURBED);
        writer.fence();
        Cursor cursor = topics.readLedger().cursor();
        StreamEntry entry = cursor == null ? null : cursor.streams().get(stream);
        if (cursor == null || entry == null) {
            return;
        }
        LedgerState ledger = new LedgerState("operator", cursor.source(), cursor);
        change.accept(ledger, entry);
        writer.begin();
        ledger.writeTo(writer, kafka.now());
        writer.commit();
    }

    /** Does what {@code freshet remove stream} does; the relays have been stopped. */
    void removeStream(String stream) {
        db.reader = 0;
        TopicStore topics = kafka.openStore(Calls.UNDISTURBED);
        edit(stream, (ledger, entry) -> {
            ledger.forget(stream, topics.readLedger().keys(""));
            topics.delete(List.of(entry.topic()));
        });
    }
}
