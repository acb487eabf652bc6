/**
 * The consumer side's shared reader of topics and ledger: assignment and start offsets, positions, freshness, tokens.
 *
 * <p>For whatever applies a stream: replica, subscriber, table, cache. Depends on {@code model} and Kafka's clients only.
 *
 * <p>Two halves. What decides does no input or output, so that the protocol's model can drive it in one thread: {@link
 * dev.freshet.stream.LedgerView} (what the ledger claims), {@link dev.freshet.stream.Freshness} (what a copy may claim),
 * {@link dev.freshet.stream.SeenPositions} (what it has seen), {@link dev.freshet.stream.LogEnd} (whether compaction can
 * have taken something from it). What touches Kafka stands behind the ports {@link dev.freshet.stream.StreamReader} and
 * {@link dev.freshet.stream.LedgerReader}; their adapters are in {@code stream.kafka}. {@link dev.freshet.stream.BoundaryReader}
 * stands on both, for copies that never show half of a source transaction.
 *
 * <p>A reader belongs to one thread, except where a method says otherwise; a {@code LedgerView} may be read by any thread
 * while one applies; records are values.
 */
@NullMarked
package dev.freshet.stream;

import org.jspecify.annotations.NullMarked;
