package dev.freshet.relay.internal;

import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Keeps one boundary a minute in the ledger, so that a hand-off at an older position finds offsets to start from; older ones
 * than the topics keep their tombstones are taken away. Belongs to the relay's thread.
 */
public final class History {
    private final Duration keep;
    private final TreeSet<String> keys;
    private String current = "";

    /**
     * Creates the history.
     *
     * @param keep how long a boundary is kept
     * @param keys the history keys that the ledger has
     */
    public History(Duration keep, Collection<String> keys) {
        this.keep = keep;
        this.keys = new TreeSet<>(keys);
    }

    /** Writes the boundary if it is the first of its minute. */
    void onBoundary(LedgerState ledger, Instant now) {
        String key = LedgerKey.history(now);
        if (key.equals(current)) {
            return;
        }
        current = key;
        keys.add(key);
        ledger.beside(key, LedgerCodec.encode(ledger.boundary()));
        String oldest = LedgerKey.history(now.minus(keep));
        while (!keys.isEmpty() && keys.first().compareTo(oldest) < 0) {
            ledger.beside(keys.pollFirst(), null);
        }
    }
}
