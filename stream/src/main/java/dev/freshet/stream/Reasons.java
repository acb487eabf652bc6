package dev.freshet.stream;

import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Sentences about streams, the same ones wherever a stream's state is told. */
final class Reasons {
    private static final int NAMED = 3;

    private Reasons() {}

    /** Tells of a copy's streams why they do not all run; empty if they do. */
    static Optional<String> notRunning(LedgerView view, Set<String> topics) {
        List<StreamEntry> entries = new ArrayList<>();
        for (String topic : new TreeSet<>(topics)) {
            Optional<StreamEntry> entry = view.streamOfTopic(topic);
            if (entry.isEmpty()) {
                return Optional.of(unknown(view, topic));
            }
            entry.filter(e -> e.status() != StreamStatus.RUNNING).ifPresent(entries::add);
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(notAllRunning(entries));
    }

    /** Tells of a topic that no stream of the ledger has. */
    static String unknown(LedgerView view, String topic) {
        return "The ledger '" + view.ledger() + "' names no stream with the topic '" + topic
                + "': its relay does not capture it, or has just begun to";
    }

    /** Tells of the first why it is not running, and which others are not either. */
    static String notAllRunning(List<StreamEntry> entries) {
        String first = notRunning(entries.get(0));
        int further = entries.size() - 1;
        if (further == 0) {
            return first;
        }
        String names = entries.stream()
                .skip(1)
                .limit(NAMED)
                .map(e -> "'" + e.stream() + "' is " + e.status().text())
                .collect(Collectors.joining(", "));
        return first + "; beside it " + (further == 1 ? "1 further stream is" : further + " further streams are")
                + " not running: " + names + (further > NAMED ? ", ..." : "");
    }

    static String notRunning(StreamEntry entry) {
        return switch (entry.status()) {
            case RUNNING -> throw new IllegalArgumentException("Stream '" + entry.stream() + "' is running");
            case SNAPSHOTTING -> "The stream '" + entry.stream() + "' is being snapshotted" + progress(entry);
            case BROKEN, STOPPED -> Objects.requireNonNull(entry.trouble());
        };
    }

    private static String progress(StreamEntry entry) {
        SnapshotProgress progress = entry.snapshot();
        if (progress == null) {
            return "";
        }
        return ": " + progress.rowsDone()
                + (progress.rowsEstimated() < progress.rowsDone()
                        ? " rows are done"
                        : " of about " + progress.rowsEstimated() + " rows are done")
                + (entry.pause() == null ? "" : "; " + entry.pause());
    }
}
