package dev.freshet.model.ledger;

import dev.freshet.model.Position;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The relay's place: the ledger's record {@code cursor}, written in the Kafka transaction of each batch.
 *
 * @param incarnation the relay that wrote it, one id a start
 * @param source the source's identity
 * @param epoch the source's epoch
 * @param write the last change in the topics, or the boundary if the relay stands at one
 * @param options under which server options the log is decoded, where {@code write} lies inside a transaction
 * @param boundary the last boundary, or null before there is one; with {@code write} inside a transaction it lies before
 * @param wholeAt the last boundary at which a look found all topics whole that boundaries speak for, or null before one
 * @param loss why the log cannot be followed any more, or null while it can
 * @param atBoundary whether this entry itself is a boundary: {@code write} is its position
 * @param writtenAt when the relay wrote it, by the relay's clock
 * @param streams the streams by name
 */
public record Cursor(
        String incarnation,
        SourceIdentity source,
        int epoch,
        Position write,
        Map<String, String> options,
        @Nullable Boundary boundary,
        @Nullable Position wholeAt,
        @Nullable SourceLoss loss,
        boolean atBoundary,
        Instant writtenAt,
        Map<String, StreamEntry> streams) {
    /** Creates a cursor from which the log can be followed. */
    public Cursor(
            String incarnation,
            SourceIdentity source,
            int epoch,
            Position write,
            Map<String, String> options,
            @Nullable Boundary boundary,
            @Nullable Position wholeAt,
            boolean atBoundary,
            Instant writtenAt,
            Map<String, StreamEntry> streams) {
        this(incarnation, source, epoch, write, options, boundary, wholeAt, null, atBoundary, writtenAt, streams);
    }

    /** Copies the maps, sorted, and rejects a boundary that is not where the entry claims it, and topics whole above it. */
    public Cursor {
        Objects.requireNonNull(writtenAt, "writtenAt");
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        streams = Collections.unmodifiableMap(new TreeMap<>(streams));
        if (atBoundary && (boundary == null || !boundary.position().equals(write))) {
            throw new IllegalArgumentException(
                    "The cursor at " + write + " claims to be a boundary, but its boundary is "
                            + (boundary == null ? "missing" : boundary.position()));
        }
        if (wholeAt != null && (boundary == null || wholeAt.isAfter(boundary.position()))) {
            throw new IllegalArgumentException("The cursor claims that the topics were whole at " + wholeAt
                    + ", but its boundary is " + (boundary == null ? "missing" : boundary.position()));
        }
    }
}
