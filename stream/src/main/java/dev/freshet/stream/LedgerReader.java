package dev.freshet.stream;

import dev.freshet.model.ledger.SchemaRecord;
import java.time.Duration;

/**
 * Keeps a {@link LedgerView} up to date.
 *
 * <p>Any thread may call any method: one that polls keeps the others out for as long as it does.
 */
public interface LedgerReader extends AutoCloseable {
    /** Returns the view; it lives as long as the reader. */
    LedgerView view();

    /**
     * Applies what has come to the view. The first call begins at the ledger's beginning.
     *
     * @param wait how long to wait for something; with zero only what is here already
     * @return how many records were applied
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now; poll again
     * @throws dev.freshet.model.ConfigurationException if the client may not read the ledger, or its format is newer than
     *     this Freshet's
     * @throws dev.freshet.model.LossException if the ledger was made again or is damaged
     * @throws InterruptedException if the thread is interrupted
     */
    int poll(Duration wait) throws InterruptedException;

    /**
     * Polls until everything that was committed when the call began is in the view.
     *
     * @param limit how long to try, above zero
     * @throws dev.freshet.model.RetriableException if the limit has passed; what was read stays
     * @throws InterruptedException if the thread is interrupted
     */
    void readToEnd(Duration limit) throws InterruptedException;

    /**
     * Returns a schema record, which stands in the same Kafka transaction as the first record that names it; polls until
     * it is there.
     *
     * @param stream the stream
     * @param version as the header {@code freshet-schema} has it
     * @param limit how long to try; with zero only what was read already
     * @throws MissingSchemaException if it has not come within the limit
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     * @throws InterruptedException if the thread is interrupted
     */
    SchemaRecord awaitSchema(String stream, String version, Duration limit) throws InterruptedException;

    @Override
    void close();
}
