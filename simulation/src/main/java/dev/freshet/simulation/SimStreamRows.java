package dev.freshet.simulation;

import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.StreamRows;
import dev.freshet.simulation.SimStore.Cell;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stream rows in the simulated database. */
final class SimStreamRows implements StreamRows {
    private final SimStore store;
    private final SimSession session;

    SimStreamRows(SimStore store, SimSession session) {
        this.store = store;
        this.session = session;
    }

    @Override
    public boolean begin(StreamTarget target) {
        session.call();
        Cell<StreamRow> cell = SimSession.cell(store.streams, target.stream());
        StreamRow row = session.get(cell);
        if (row != null && row.topic().equals(target.topic())) {
            return false;
        }
        session.set(cell, new StreamRow(target.stream(), target.topic(), "", 0, null, null, 0));
        return true;
    }

    @Override
    public List<StreamRow> read() {
        session.call();
        List<StreamRow> rows = new ArrayList<>();
        for (Cell<StreamRow> cell : store.streams.values()) {
            StreamRow row = session.get(cell);
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    @Override
    public @Nullable StreamRow lock(String stream) {
        session.call();
        Cell<StreamRow> cell = store.streams.get(stream);
        if (cell == null || cell.committed == null || session.isLockedByOthers(cell)) {
            return null;
        }
        session.lock(cell);
        return session.get(cell);
    }

    @Override
    public boolean refill(String stream, long fill, String reason) {
        StreamRow row = free(stream, fill);
        if (row == null) {
            return false;
        }
        set(new StreamRow(stream, row.topic(), row.topicId(), fill, reason, row.atEnd(), row.rowsFilled()));
        return true;
    }

    /** Returns the row of a fill for which no other was asked, unless another session has locked it. */
    private @Nullable StreamRow free(String stream, long fill) {
        session.call();
        Cell<StreamRow> cell = store.streams.get(stream);
        StreamRow row = session.get(cell);
        return cell == null
                        || row == null
                        || row.fill() != fill
                        || row.refill() != null
                        || session.isLockedByOthers(cell)
                ? null
                : row;
    }

    private void set(StreamRow row) {
        session.set(SimSession.cell(store.streams, row.stream()), row);
    }

    @Override
    public void atEnd(String stream, long fill, Instant at) {
        StreamRow row = free(stream, fill);
        if (row != null && row.atEnd() != null && row.atEnd().isBefore(at)) {
            set(new StreamRow(stream, row.topic(), row.topicId(), fill, null, at, row.rowsFilled()));
        }
    }

    @Override
    public void filled(StreamRow row) {
        session.call();
        set(row);
    }
}
