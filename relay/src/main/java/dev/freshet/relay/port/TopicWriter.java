package dev.freshet.relay.port;

import dev.freshet.model.TopicRecord;

/**
 * Writes batches, each of which becomes visible as a whole or not at all, together with its ledger records.
 *
 * <p>One batch at a time, in this order: {@link #begin}, any {@link #send}, {@link #flush}, {@link #writeLedger}, {@link
 * #commit}, or {@link #giveUp} at any moment. After any exception the writer is used no more but for {@link #giveUp} and
 * {@link #close}; what became of a batch whose commit failed is learnt by fencing and reading the ledger. Belongs to one
 * thread.
 *
 * <p>Every method may throw {@link FencedException} when another writer has fenced this one, {@link StreamWriteException}
 * when one topic refuses records, and {@link dev.freshet.model.RetriableException} when the cluster is away.
 */
public interface TopicWriter extends AutoCloseable {
    /** Ends every other writer of the source, waits until what they had begun is decided, and may write from then on. */
    void fence();

    /**
     * Says up to where the ledger is known: what is written to it from now on stands behind.
     *
     * @param end the offset behind its last record
     */
    void ledgerEndsAt(long end);

    /** Begins a batch. */
    void begin();

    /**
     * Adds a record to the batch; does not wait.
     *
     * @param topic the stream's topic
     * @param record the record
     */
    void send(TopicInfo topic, TopicRecord record);

    /**
     * Waits until everything sent is in the topics.
     *
     * @param ends raised to the offsets behind what was sent
     * @throws TopicsDamagedException if what was written to some topics does not stand behind all that is known of them; it
     *     tells all that the batch has found, since what is given up with it may fill the gap up to the known end
     */
    void flush(TopicEnds ends);

    /**
     * Adds a ledger record to the batch.
     *
     * @param key see {@link dev.freshet.model.ledger.LedgerKey}
     * @param value its content; null takes the record away
     */
    void writeLedger(String key, byte @org.jspecify.annotations.Nullable [] value);

    /**
     * Makes the batch durable and visible; when it returns, both is the case for good.
     *
     * @throws LedgerLostException before anything is durable, if the ledger's records do not stand behind all that is
     *     known of it, so that it is another one, or has lost records
     */
    void commit();

    /** Gives up the open batch, also one that could not be written; another one may be begun. */
    void giveUp();

    /** Ends the writing; an open batch is given up. */
    @Override
    void close();
}
