package dev.freshet.capture.polling;

import dev.freshet.model.FreshetException;

/**
 * A polled database, without its language: sessions in which an outbox table is looked at and numbered. What is asked in which
 * order, and what follows from an answer, is decided above. Any thread may use it, each with sessions of its own.
 */
public interface PolledStore {
    /** Returns the kind of source, such as {@code mariadb}. */
    String type();

    /**
     * Opens a session, which the caller closes.
     *
     * @throws PolledFailure if the database does not answer
     * @throws dev.freshet.model.ConfigurationException if there is no driver for the URL
     */
    PolledSession open();

    /**
     * Returns the exception for a failed piece of work.
     *
     * @param doing what failed, as the end of a sentence that names the source
     */
    FreshetException failed(String doing, PolledFailure failure);
}
