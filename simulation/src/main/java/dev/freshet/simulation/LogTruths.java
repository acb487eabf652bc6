package dev.freshet.simulation;

import dev.freshet.model.EventRecord;
import dev.freshet.simulation.EventTruth.Committed;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** The events of a source whose log is read. */
final class LogTruths implements EventTruths {
    private final SimDatabase db;
    private final Map<Integer, LogTruth> truths = new HashMap<>();

    LogTruths(SimDatabase db) {
        this.db = db;
    }

    @Override
    public EventTruth truth(int epoch) {
        List<SimTx> log = db.log(epoch);
        LogTruth known = truths.get(epoch);
        if (known == null || !known.isOf(log)) {
            known = new LogTruth(epoch, log);
            truths.put(epoch, known);
        }
        return known;
    }

    @Override
    public EventTruth present(int epoch) {
        return new LogTruth(epoch, db.log());
    }

    @Override
    public boolean isFollowed(int epoch) {
        return db.log(epoch) == db.log();
    }

    @Override
    public void onClear(Consumer<Collection<UUID>> told) {
        db.outbox.onClear = told;
    }

    @Override
    public void born(EventRecord record, Committed event) {
        // the log's are where they were committed, and the table's where it was read
    }
}
