package dev.freshet.relay.internal;

import dev.freshet.capture.CaptureRefusedException;
import dev.freshet.capture.FreshnessSample.Drift;
import dev.freshet.capture.Source;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.port.LedgerContents;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether a source goes on without streams whose tables cannot be captured. */
final class Uncaptured {
    private Uncaptured() {}

    /**
     * Returns by stream why the source goes on without it: it is not begun yet, it makes no claim any more, or its table has
     * become another one, which breaks it. What passes (a right that was taken away) breaks nothing that is whole.
     *
     * @param cursor what the ledger says, or null if it says nothing
     * @throws CaptureRefusedException the given one, if the source waits until it is mended: at its first start, where all
     *     that was configured can still be corrected, and for a stream that is whole
     */
    static Map<String, String> of(
            CaptureRefusedException refused, @Nullable Cursor cursor, LedgerContents contents, Source source) {
        if (cursor == null || cursor.boundary() == null) {
            throw refused;
        }
        Map<String, String> reasons = new HashMap<>(refused.reasons());
        Map<String, String> catalogs = new HashMap<>();
        for (String stream : refused.reasons().keySet()) {
            StreamEntry known = cursor.streams().get(stream);
            String catalog = contents.catalog(stream);
            if (known != null && known.status().isClaimed()) {
                if (catalog == null || !source.canCompare(catalog)) {
                    throw refused;
                }
                catalogs.put(stream, catalog);
            }
        }
        Map<String, Drift> drifts =
                catalogs.isEmpty() ? Map.of() : source.sample(catalogs).drifts();
        for (String stream : catalogs.keySet()) {
            Drift drift = drifts.get(stream);
            if (drift == null || !drift.breaking()) {
                throw refused;
            }
            reasons.put(stream, drift.reason());
        }
        return reasons;
    }
}
