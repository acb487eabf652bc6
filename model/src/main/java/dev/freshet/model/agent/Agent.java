package dev.freshet.model.agent;

/**
 * A long-lived piece of work, done in bounded steps by one thread at a time.
 *
 * <p>An agent owns no thread and does not sleep; time comes from a clock that it was given.
 */
public interface Agent extends AutoCloseable {
    /** Returns the name, used for the thread and in messages, such as {@code relay/shop}. */
    String name();

    /**
     * Does a bounded piece of work.
     *
     * @return how much was done; 0 means that there was nothing to do, so that the runner may wait
     * @throws dev.freshet.model.RetriableException if the same call may succeed later; the runner tries again
     * @throws RuntimeException for everything else; the runner stops the agent and keeps the cause
     * @throws InterruptedException if the thread was interrupted, which ends the agent in order
     */
    int doWork() throws InterruptedException;

    /** Releases what the agent holds; called once, by the thread that did the work, also after a failure. */
    @Override
    void close();
}
