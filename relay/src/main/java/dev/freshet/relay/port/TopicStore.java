package dev.freshet.relay.port;

import dev.freshet.relay.StreamSettings;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The cluster's topics and what stands in the ledger.
 *
 * <p>Methods may throw {@link dev.freshet.model.RetriableException} when the cluster is away and {@link
 * dev.freshet.model.ConfigurationException} when it or a topic does not fit. Belongs to one thread.
 */
public interface TopicStore extends AutoCloseable {
    /** Returns what keeps the cluster from being used, such as a too low {@code transaction.version}; empty if nothing. */
    List<String> checkCluster();

    /**
     * Looks at the ledger's topic and at those of streams, at all of them in a few questions.
     *
     * @param streams the streams; their topics need not exist
     * @return the topics that exist; their ends are taken after the call has begun
     */
    TopicsSeen look(Collection<StreamSettings> streams);

    /**
     * Makes the ledger's topic.
     *
     * @throws dev.freshet.model.RetriableException if it is there already, so that it has to be looked at
     */
    TopicInfo createLedger();

    /**
     * Reads the whole ledger, up to an end taken now.
     *
     * @throws dev.freshet.model.RetriableException if an undecided transaction keeps the end from being reached in time
     */
    LedgerContents readLedger();

    /** Returns a topic, or empty if there is none of its name. */
    Optional<TopicInfo> find(String stream, String topic);

    /**
     * Makes a topic.
     *
     * @throws dev.freshet.model.RetriableException if it is there already, so that it has to be looked at
     */
    TopicInfo create(StreamSettings settings);

    /** Deletes topics and waits until they are gone; missing ones are passed over. */
    void delete(Collection<String> topics);

    /** Closes the connections. */
    @Override
    void close();
}
