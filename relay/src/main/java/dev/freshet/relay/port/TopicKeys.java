package dev.freshet.relay.port;

import dev.freshet.model.ledger.OffsetVector;

/**
 * Reads which keys a topic has, decided records only, in bounded memory. Belongs to one thread.
 *
 * <p>Methods may throw {@link dev.freshet.model.RetriableException} when the cluster is away, has lost what is read or does not
 * allow to read it.
 */
public interface TopicKeys extends AutoCloseable {
    /** Takes a key. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes the key of the next record of its partition.
         *
         * @param key the key, the visitor's from now on
         * @param tombstone whether the record has no value
         */
        void key(byte[] key, boolean tombstone);
    }

    /**
     * Gives the records that are there, a bounded number and possibly none, without waiting for more.
     *
     * @return where the reading is now, by partition; never beyond the end that was asked for
     */
    OffsetVector poll(Visitor visitor);

    /** Closes the connections. */
    @Override
    void close();
}
