package dev.freshet.model.ledger;

import dev.freshet.model.Lsn;

/**
 * A server as a look found it.
 *
 * @param system the system identifier
 * @param timeline the timeline, from 1
 * @param flushedLsn up to where its log was on disk
 */
public record ServerSeen(String system, long timeline, long flushedLsn) {
    /** Returns whether a later look may have found the same server, which was not set back meanwhile. */
    public boolean isStill(ServerSeen later) {
        return system.equals(later.system) && timeline == later.timeline && flushedLsn <= later.flushedLsn;
    }

    /** Names it in messages. */
    @Override
    public String toString() {
        return "system identifier " + system + ", timeline " + timeline + ", log up to " + Lsn.format(flushedLsn);
    }
}
