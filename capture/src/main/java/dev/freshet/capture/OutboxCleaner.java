package dev.freshet.capture;

import java.util.Optional;

/** Clears an outbox table of what is sent. Belongs to one thread. */
public interface OutboxCleaner extends AutoCloseable {
    /**
     * Returns what the table shows now, or less where it cannot be told yet at which place of the log that ends: then it shows
     * nothing.
     */
    OutboxSnapshot snapshot();

    /**
     * Clears what is sent and need not be kept, and makes the partitions of the time to come, where the table has some.
     *
     * @param sent all that it shows is sent, and all that the log has below its place
     * @return how many pieces were cleared: partitions, or rows
     * @throws dev.freshet.model.RetriableException if the table is in use for long, or the source is away
     * @throws dev.freshet.model.ConfigurationException if the role may not, or the table was not made by its migration
     */
    int clear(OutboxSnapshot sent, OutboxRetention retention);

    /** Returns what keeps the table from being cleared, a sentence that names the way out; empty if nothing does, or it is not there. */
    Optional<String> problem();

    /** Closes the connection. */
    @Override
    void close();
}
