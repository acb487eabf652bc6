package dev.freshet.model.ledger;

/**
 * A timeline of the source and where it was left.
 *
 * @param system the system identifier
 * @param timeline the timeline, from 1
 * @param switchLsn the LSN at which the next timeline branched off
 */
public record TimelineRecord(String system, long timeline, long switchLsn) {}
