package dev.freshet.replica.agent;

import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The port to Kafka: makes what a replica reads with, and sends dead letters with. For any thread. */
public interface Readers {
    /** Returns a reader that joins the replica's consumer group. */
    StreamReader inGroup();

    /** Returns a reader without a group, for fills and for questions about topics. */
    StreamReader alone();

    /**
     * Returns a reader of a ledger, at its beginning.
     *
     * @param ledger the ledger topic
     * @param topics the topics that will be asked about
     */
    LedgerReader ledger(String ledger, Set<String> topics);

    /**
     * Returns what sends records to a dead-letter topic, and nothing before the first one.
     *
     * @param topic the dead-letter topic
     */
    DeadLetters deadLetters(String topic);

    /**
     * Finds the source of a topic, by the ledger that names it; the topic itself may be gone.
     *
     * @param topic the stream's topic
     * @param ledger the ledger topic if the configuration names it, or null
     * @throws dev.freshet.model.ConfigurationException if there is none
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     * @throws InterruptedException if the thread is interrupted
     */
    StreamLocation locate(String topic, @Nullable String ledger) throws InterruptedException;
}
