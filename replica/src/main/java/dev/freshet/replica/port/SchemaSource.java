package dev.freshet.replica.port;

import dev.freshet.model.ledger.SchemaRecord;
import java.util.Optional;

/** What the ledger of a stream's source says of the stream: its schema records, and whether its snapshot is under way. */
public interface SchemaSource {
    /**
     * Returns a schema record, waiting a limited time until the ledger's reader has come to it.
     *
     * @param topic the stream's topic
     * @param version as a record's header names it
     * @throws dev.freshet.stream.MissingSchemaException if it has not come within the limit
     * @throws InterruptedException if the thread is interrupted
     */
    SchemaRecord schema(String topic, String version) throws InterruptedException;

    /**
     * Returns the version that the stream's values have now.
     *
     * @param topic the stream's topic
     * @throws dev.freshet.stream.MissingSchemaException if it is not known (yet)
     */
    String newestVersion(String topic);

    /**
     * Returns whether the stream's snapshot is still being written to its topic, as far as the ledger was read.
     *
     * @param topic the stream's topic
     */
    boolean isSnapshotting(String topic);

    /**
     * Returns the id of the topic that the relay writes the stream to, as far as the ledger was read.
     *
     * @param topic the stream's topic
     */
    Optional<String> topicId(String topic);

    /**
     * Returns what is the matter with the stream and what helps, if it is broken or stopped, as far as the ledger was read.
     *
     * @param topic the stream's topic
     */
    Optional<String> trouble(String topic);
}
