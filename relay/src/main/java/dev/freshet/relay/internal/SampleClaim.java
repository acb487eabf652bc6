package dev.freshet.relay.internal;

import dev.freshet.capture.FreshnessSample;
import dev.freshet.model.Position;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Claims the time of a sample of the source once the log is read past its position. Belongs to the relay's thread. */
final class SampleClaim {
    private final LedgerState ledger;
    private final Harms harms;
    /** Up to where the catalog is known not to have drifted: a break that is found later happened after it. */
    private long lastCleanLsn;

    private @Nullable FreshnessSample sample;

    SampleClaim(LedgerState ledger, Harms harms) {
        this.ledger = ledger;
        this.harms = harms;
        this.lastCleanLsn = ledger.boundary().position().lsn();
    }

    /** Takes a sample. Until the last one is claimed later ones are passed over, since under load the log is always behind the newest. */
    void offer(FreshnessSample taken) {
        if (sample == null) {
            sample = taken;
        } else if (!taken.drifts().isEmpty()) {
            sample = sample.and(taken);
        }
    }

    /**
     * Claims what can be claimed.
     *
     * @param boundaryLsn the boundary up to which the log is read
     */
    void claim(long boundaryLsn) {
        FreshnessSample taken = sample;
        if (taken == null || boundaryLsn < taken.lsn()) {
            return;
        }
        sample = null;
        for (Map.Entry<String, FreshnessSample.Drift> e : taken.drifts().entrySet()) {
            FreshnessSample.Drift drift = e.getValue();
            if (drift.breaking()) {
                harms.tell(e.getKey(), Position.boundary(ledger.epoch(), lastCleanLsn), drift.harm(), drift.reason());
            }
            ledger.catalog(e.getKey(), drift.catalog());
        }
        lastCleanLsn = taken.lsn();
        ledger.completeTo(taken.time());
    }
}
