package dev.freshet.stream;

import java.util.List;

/** Sends records that a copy could not take to their dead-letter topic. Belongs to one thread. */
public interface DeadLetters extends AutoCloseable {
    /**
     * Sends records, and returns once all in-sync replicas of the topic have them. What fails may have been sent in part, and
     * comes again: whoever reads the topic tells doubles by the headers of their origin.
     *
     * @throws dev.freshet.model.ConfigurationException if there is no topic, and none may be made, or it may not be written to
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     * @throws InterruptedException if the thread is interrupted
     */
    void send(List<DeadLetter> letters) throws InterruptedException;

    /** Returns what is wrong with the topic, or with the rights to it, each with the way out; changes nothing. */
    List<String> check();

    /** Closes the connections. */
    @Override
    void close();
}
