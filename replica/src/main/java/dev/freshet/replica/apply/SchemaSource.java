package dev.freshet.replica.apply;

import dev.freshet.model.ledger.SchemaRecord;

/** Where schema records come from: the ledger of the stream's source. */
public interface SchemaSource {
    /**
     * Returns a schema record, waiting a limited time until the ledger's reader has come to it.
     *
     * @param topic the stream's topic
     * @param version as a record's header names it
     * @throws dev.freshet.model.RetriableException if it has not come within the limit
     * @throws InterruptedException if the thread is interrupted
     */
    SchemaRecord schema(String topic, String version) throws InterruptedException;

    /**
     * Returns the version that the stream's values have now.
     *
     * @param topic the stream's topic
     * @throws dev.freshet.model.RetriableException if it is not known (yet)
     */
    String newestVersion(String topic);
}
