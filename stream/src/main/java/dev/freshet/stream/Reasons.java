package dev.freshet.stream;

import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sentences about streams, the same ones wherever a stream's state is told. */
final class Reasons {
    private Reasons() {}

    static String notRunning(StreamEntry entry) {
        return switch (entry.status()) {
            case RUNNING -> throw new IllegalArgumentException("Stream '" + entry.stream() + "' is running");
            case SNAPSHOTTING ->
                "The stream '" + entry.stream() + "' is being snapshotted" + progress(entry.snapshot());
            case BROKEN, STOPPED -> Objects.requireNonNull(entry.trouble());
        };
    }

    private static String progress(@Nullable SnapshotProgress progress) {
        if (progress == null) {
            return "";
        }
        return ": " + progress.rowsDone()
                + (progress.rowsEstimated() < 0
                        ? " rows are done"
                        : " of about " + progress.rowsEstimated() + " rows are done");
    }
}
