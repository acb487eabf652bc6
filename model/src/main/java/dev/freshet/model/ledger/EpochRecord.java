package dev.freshet.model.ledger;

import java.time.Instant;

/**
 * Why an epoch began.
 *
 * @param epoch the epoch, from 1
 * @param source the source's identity at its begin
 * @param lsn the LSN at which it began
 * @param startedAt when, by the relay's clock
 * @param reason what made the source another history, in a sentence
 */
public record EpochRecord(int epoch, SourceIdentity source, long lsn, Instant startedAt, String reason) {}
