package dev.freshet.model.ledger;

import dev.freshet.model.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream in the ledger: where it is and what it is worth.
 *
 * @param stream the stream's name
 * @param topic its topic
 * @param topicId the topic's id in Kafka: another one means that the topic was made again
 * @param partitions the topic's partition count
 * @param fingerprint what of its configuration and catalog entry decides the content; another one means a new snapshot
 * @param schemaVersion the newest schema record's version; empty before there is one
 * @param status what the stream is worth
 * @param since since which position it has that status
 * @param reason for a broken or stopped stream, and for one whose rows are read anew, what happened, in a sentence; else null.
 *     What helps is told by {@link #advice}
 * @param snapshot the progress while snapshotting, and how it ended while running; null for a broken or stopped stream, and
 *     where it is not known
 * @param mending what makes a broken stream whole again; null for others
 */
public record StreamEntry(
        String stream,
        String topic,
        String topicId,
        int partitions,
        String fingerprint,
        String schemaVersion,
        StreamStatus status,
        Position since,
        @Nullable String reason,
        @Nullable SnapshotProgress snapshot,
        @Nullable Mending mending) {
    /** How the fingerprint of a stream of events begins; what follows tells where the events that are not in the log stand. */
    public static final String EVENTS = "events.";

    /** Rejects contradictions between status and the rest. */
    public StreamEntry {
        Objects.requireNonNull(since, "since");
        if (partitions < 1) {
            throw new IllegalArgumentException("Stream '" + stream + "' has " + partitions + " partitions");
        }
        boolean misplaced = snapshot == null
                ? status == StreamStatus.SNAPSHOTTING
                : status == StreamStatus.BROKEN || status == StreamStatus.STOPPED;
        if (misplaced) {
            throw new IllegalArgumentException("Stream '" + stream + "' is " + status.text() + " and has "
                    + (snapshot == null ? "no" : "a") + " snapshot progress");
        }
        if (status == StreamStatus.BROKEN && reason == null) {
            throw new IllegalArgumentException("Stream '" + stream + "' is broken without a reason");
        }
        if ((status == StreamStatus.BROKEN) != (mending != null)) {
            throw new IllegalArgumentException("Stream '" + stream + "' is " + status.text() + " and has "
                    + (mending == null ? "nothing that mends it" : "something that mends it"));
        }
    }

    /** Creates an entry; a broken stream is mended by its rows. */
    public StreamEntry(
            String stream,
            String topic,
            String topicId,
            int partitions,
            String fingerprint,
            String schemaVersion,
            StreamStatus status,
            Position since,
            @Nullable String reason,
            @Nullable SnapshotProgress snapshot) {
        this(
                stream,
                topic,
                topicId,
                partitions,
                fingerprint,
                schemaVersion,
                status,
                since,
                reason,
                snapshot,
                status == StreamStatus.BROKEN ? Mending.ROWS : null);
    }

    /** Returns whether it is a stream of events, and not of a table's rows. */
    public boolean isOfEvents() {
        return fingerprint.startsWith(EVENTS);
    }

    /** Returns this entry with the snapshot's progress; it becomes or stays snapshotting. */
    public StreamEntry snapshotting(Position at, SnapshotProgress progress) {
        boolean already = status == StreamStatus.SNAPSHOTTING;
        return with(StreamStatus.SNAPSHOTTING, already ? since : at, already ? reason : null, progress, null);
    }

    /**
     * Returns this entry, whose rows are read anew from the beginning on; then the keys that have vanished get tombstones. Of a
     * stream of events those that the outbox still has are sent anew: events do not vanish.
     *
     * @param why what happened, in a sentence
     */
    public StreamEntry readAnew(Position at, String why) {
        SnapshotProgress before =
                snapshot == null || status != StreamStatus.SNAPSHOTTING ? SnapshotProgress.first() : snapshot;
        Position from = status == StreamStatus.SNAPSHOTTING ? since : at;
        return with(
                StreamStatus.SNAPSHOTTING, from, why, isOfEvents() ? SnapshotProgress.first() : before.again(), null);
    }

    /** Returns this entry, running since the position; what is worth knowing of the snapshot's progress stays. */
    public StreamEntry running(Position at) {
        return with(StreamStatus.RUNNING, at, null, snapshot == null ? null : snapshot.ended(), null);
    }

    /** As {@link #broken(Position, String, Mending)}, mended by its rows. */
    public StreamEntry broken(Position at, String why) {
        return broken(at, why, Mending.ROWS);
    }

    /**
     * Returns this entry, broken since the position; a stream already broken keeps its first position, and its reason too
     * unless more is needed to mend it now.
     */
    public StreamEntry broken(Position at, String why, Mending by) {
        if (mending == null) {
            return with(StreamStatus.BROKEN, at, why, null, by);
        }
        return mending.compareTo(by) >= 0 ? this : with(StreamStatus.BROKEN, since, why, null, by);
    }

    /** Returns this entry, stopped since the position. */
    public StreamEntry stopped(Position at, String why) {
        return with(StreamStatus.STOPPED, at, why, null, null);
    }

    /** Returns this entry with another schema version. */
    public StreamEntry withSchemaVersion(String version) {
        return new StreamEntry(
                stream, topic, topicId, partitions, fingerprint, version, status, since, reason, snapshot, mending);
    }

    /** Returns this entry with another fingerprint. */
    public StreamEntry withFingerprint(String print) {
        return new StreamEntry(
                stream, topic, topicId, partitions, print, schemaVersion, status, since, reason, snapshot, mending);
    }

    /**
     * Returns how the reason is shown: with the command that mends it, or lets its snapshot go on, behind. Null where there is
     * neither a reason nor a pause.
     */
    public @Nullable String advice() {
        String pause = pause();
        if (pause != null) {
            return reason == null ? pause : withoutStop(reason) + "; " + pause;
        }
        if (reason == null || status == StreamStatus.SNAPSHOTTING || mending == Mending.SOURCE) {
            return reason;
        }
        return withoutStop(reason)
                + (status == StreamStatus.STOPPED
                        ? "; run 'freshet remove stream " + stream
                                + "' to take its topic away, or put the stream back to have its rows read anew"
                        : "; run 'freshet resnapshot " + stream + "' to begin it anew");
    }

    /** Returns that the snapshot is paused, and what lets it go on; null if it is not. */
    public @Nullable String pause() {
        return status == StreamStatus.SNAPSHOTTING && snapshot != null && snapshot.paused()
                ? "it is paused until 'freshet resnapshot " + stream + " --resume' lets it go on"
                : null;
    }

    /** Returns what is the matter with a broken or stopped stream and what helps, without a full stop; null for others. */
    public @Nullable String trouble() {
        return switch (status) {
            case SNAPSHOTTING, RUNNING -> null;
            case BROKEN -> "Stream '" + stream + "' is broken since " + since + ": " + advice();
            case STOPPED ->
                "Stream '" + stream + "' is no longer captured since " + since
                        + (reason == null ? "" : ": " + advice());
        };
    }

    private static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private StreamEntry with(
            StreamStatus newStatus,
            Position at,
            @Nullable String why,
            @Nullable SnapshotProgress progress,
            @Nullable Mending by) {
        return new StreamEntry(
                stream, topic, topicId, partitions, fingerprint, schemaVersion, newStatus, at, why, progress, by);
    }
}
