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
 * @param reason for a broken or stopped stream, what happened, in a sentence; else null. What helps is told by {@link #advice}
 * @param snapshot the progress while snapshotting, and how it ended while running; null for a broken or stopped stream, and
 *     where it is not known
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
        @Nullable SnapshotProgress snapshot) {
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
    }

    /** Returns this entry with the snapshot's progress; it becomes or stays snapshotting. */
    public StreamEntry snapshotting(Position at, SnapshotProgress progress) {
        Position from = status == StreamStatus.SNAPSHOTTING ? since : at;
        return with(StreamStatus.SNAPSHOTTING, from, null, progress);
    }

    /** Returns this entry, running since the position; the snapshot's progress stays as it is now. */
    public StreamEntry running(Position at) {
        return with(StreamStatus.RUNNING, at, null, snapshot);
    }

    /** Returns this entry, broken since the position; a stream already broken keeps its first position and reason. */
    public StreamEntry broken(Position at, String why) {
        return status == StreamStatus.BROKEN ? this : with(StreamStatus.BROKEN, at, why, null);
    }

    /** Returns this entry, stopped since the position. */
    public StreamEntry stopped(Position at, String why) {
        return with(StreamStatus.STOPPED, at, why, null);
    }

    /** Returns this entry with another schema version. */
    public StreamEntry withSchemaVersion(String version) {
        return new StreamEntry(
                stream, topic, topicId, partitions, fingerprint, version, status, since, reason, snapshot);
    }

    /** Returns this entry with another fingerprint. */
    public StreamEntry withFingerprint(String print) {
        return new StreamEntry(
                stream, topic, topicId, partitions, print, schemaVersion, status, since, reason, snapshot);
    }

    /**
     * Returns how the reason is shown: with what helps behind it, unless it names that itself, as the loss of a whole source
     * does. Null where there is no reason.
     */
    public @Nullable String advice() {
        if (reason == null || reason.contains("'freshet remove ")) {
            return reason;
        }
        return withoutStop(reason)
                + (status == StreamStatus.STOPPED
                        ? "; run 'freshet remove stream " + stream
                                + "' to take its topic away, or put the stream back first to begin it anew by that"
                        : "; run 'freshet remove stream " + stream + "' to begin it anew");
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
            StreamStatus newStatus, Position at, @Nullable String why, @Nullable SnapshotProgress progress) {
        return new StreamEntry(
                stream, topic, topicId, partitions, fingerprint, schemaVersion, newStatus, at, why, progress);
    }
}
