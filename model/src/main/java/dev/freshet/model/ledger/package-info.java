/**
 * The ledger: one compacted topic a source, which maps the source's positions to offsets in its topics.
 *
 * <p>{@link dev.freshet.model.ledger.LedgerKey} names the records, {@link dev.freshet.model.ledger.LedgerCodec} turns
 * them to and from JSON. {@link dev.freshet.model.ledger.Cursor} is the heart: written in the Kafka transaction of each
 * batch, it is the relay's place in the log and the copies' proof of what they have.
 */
@NullMarked
package dev.freshet.model.ledger;

import org.jspecify.annotations.NullMarked;
