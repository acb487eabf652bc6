package dev.freshet.replica.port;

import java.time.Duration;
import java.util.Optional;

/**
 * The row that says which instance of a {@code per-transaction} replica is the active one, within the session's transaction.
 * The active one names its generation in each commit; whoever takes over bumps it under the row's lock.
 */
public interface ActiveRow {
    /**
     * The active instance.
     *
     * @param instance its name
     * @param heard whether it was heard of lately
     */
    record Active(String instance, boolean heard) {}

    /**
     * Returns who is active, if anybody was since the replica began and has not let go.
     *
     * @param silence after how long without a word an instance counts as gone
     */
    Optional<Active> read(Duration silence);

    /**
     * Becomes the active instance, unless another one is and was heard of lately.
     *
     * @param instance the caller's name, the same for as long as it lives; it may take over from itself
     * @param silence after how long without a word an instance counts as gone
     * @return the generation, which is higher than each one before; empty if another one is active
     */
    Optional<Long> claim(String instance, Duration silence);

    /** Says that the instance is there; returns false if another one has taken over. */
    boolean renew(long generation);

    /** Lets go, so that another one can take over at once; nothing if another one has. */
    void release(long generation);
}
