package dev.freshet.capture;

import java.time.Instant;
import java.util.HashMap;
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
     * Returns a later sample with what this one saw as well: its drifts are not seen again, since the later one was compared
     * with a catalog that has them.
     *
     * @param later a sample taken after this one
     */
    public FreshnessSample and(FreshnessSample later) {
        Map<String, Drift> all = new HashMap<>(drifts);
        later.drifts.forEach((stream, drift) -> all.merge(stream, drift, Drift::and));
        return new FreshnessSample(later.time, later.lsn, all);
    }

    /**
     * A catalog entry that has changed.
     *
     * @param catalog the entry now, as text
     * @param harm what it means for the stream
     * @param reason what has changed, in a sentence that names the columns or commands
     */
    public record Drift(String catalog, Harm harm, String reason) {
        /** Returns whether rows may have changed without row messages. */
        public boolean breaking() {
            return harm != Harm.NONE;
        }

        private Drift and(Drift later) {
            return new Drift(later.catalog, harm.and(later.harm), reason + "; " + later.reason);
        }
    }
}
