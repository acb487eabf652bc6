package dev.freshet.relay.internal;

import dev.freshet.capture.WindowRows;
import dev.freshet.model.Change;
import dev.freshet.model.Op;
import dev.freshet.relay.RelaySettings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a snapshot's window into the open batch, piece by piece. Belongs to the relay's thread. */
final class Emission {
    /** In place of a row that was sent, so that its bytes can be collected. */
    private static final WindowRows.Row SENT = new WindowRows.Row(new byte[0], new byte[0]);

    private final SnapshotWindow window;
    private final String version;
    private int sent;

    /**
     * Begins.
     *
     * @param version the version of the stream's schema
     */
    Emission(SnapshotWindow window, String version) {
        this.window = window;
        this.version = version;
    }

    SnapshotWindow window() {
        return window;
    }

    /** Sends as much as a batch takes; returns how many rows that were. */
    int piece(Batch batch, RelaySettings settings, Instant committedAt) {
        List<WindowRows.Row> rows = window.rows();
        int from = sent;
        while (sent < rows.size()
                && batch.records() < settings.batch().records()
                && batch.bytes() < settings.batch().bytes()) {
            WindowRows.Row row = rows.get(sent);
            rows.set(sent, SENT);
            sent++;
            byte @Nullable [] value = window.schema() == null ? null : row.value();
            batch.send(new Change(
                    window.stream(),
                    value == null ? Op.DELETE : Op.READ,
                    window.position().withSub(sent),
                    committedAt,
                    row.key(),
                    value,
                    version,
                    false));
        }
        return sent - from;
    }

    /** Returns how many rows were sent in all. */
    int sent() {
        return sent;
    }

    boolean isWhole() {
        return sent == window.rows().size();
    }
}
