package dev.freshet.simulation;

import java.time.Instant;
import java.util.List;

/** A transaction of the simulated source; the log has no row messages of a silent one, such as DDL. */
record SimTx(long xid, long lsn, long endLsn, Instant at, List<SimItem> items, boolean silent) {
    /** Returns whether it has changed rows of streams. */
    boolean changes() {
        return items.stream().anyMatch(SimItem::isOfTable);
    }
}
