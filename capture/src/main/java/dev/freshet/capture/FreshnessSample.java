package dev.freshet.capture;

import java.time.Instant;
import java.util.Map;

/**
 * What one query saw of the source, in this order: the clock, the log's insert position, then the catalog in a fresh
 * snapshot. When the log has been read past the position and no stream drifted, the topics are complete to the time.
 *
 * @param time the source's clock
 * @param lsn the log's insert position, normalised, in bytes
 * @param drifts by stream, those whose catalog entry is not the known one
 */
public record FreshnessSample(Instant time, long lsn, Map<String, Drift> drifts) {
    /** Copies the map. */
    public FreshnessSample {
        drifts = Map.copyOf(drifts);
    }

    /**
     * A catalog entry that has changed.
     *
     * @param catalog the entry now, as text
     * @param breaking whether rows may have changed without row messages, so that the stream is broken
     * @param reason what has changed, in a sentence that names the columns or commands
     */
    public record Drift(String catalog, boolean breaking, String reason) {}
}
