package dev.freshet.stream;

import dev.freshet.model.ledger.OffsetVector;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Reads the topics of state streams, committed transactions only.
 *
 * <p>A reader begins with {@link #subscribe} (partitions are shared with the other members of the group) or with {@link
 * #assign} (all by itself, for a first fill), and is polled from then on. It belongs to one thread; only {@link #wakeup}
 * may be called by others. No method hands out or uses offsets that Kafka has committed for a group.
 */
public interface StreamReader extends AutoCloseable {
    /**
     * Joins the group and reads the partitions that it is given.
     *
     * @param topics the topics, at least one
     * @param listener decides the start offsets; called inside {@link #poll} and {@link #close}
     */
    void subscribe(Set<String> topics, AssignmentListener listener);

    /**
     * Reads the given partitions, without a group.
     *
     * @param starts for each the offset of the first record to read; replaces what was assigned before
     */
    void assign(Map<Partition, Long> starts);

    /**
     * Returns what has come, a bounded number of records.
     *
     * @param wait how long to wait for the first; with zero only what is here already
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now; poll again
     * @throws MissingRecordsException if the topic does not have the offset at which the reader stands; the message says from
     *     which offset to which records are missing
     * @throws dev.freshet.model.ConfigurationException if the client may not read the topic or join the group
     * @throws ForeignRecordException if a record was not written by a relay; the next poll throws it again
     * @throws InterruptedException if the thread is interrupted
     */
    StreamBatch poll(Duration wait) throws InterruptedException;

    /** Returns the partitions that the reader has now. */
    Set<Partition> assignment();

    /**
     * Returns the offset of the next record that {@link #poll} will give.
     *
     * @throws IllegalStateException if the partition is not assigned
     */
    long position(Partition partition);

    /**
     * Reads the partition again from the offset, for instance after an effect was rolled back.
     *
     * @throws IllegalStateException if the partition is not assigned
     */
    void seek(Partition partition, long offset);

    /** Gives no more records of these partitions until {@link #resume}; the membership goes on. Absent ones are ignored. */
    void pause(Collection<Partition> partitions);

    /** Gives records of these partitions again, or of those that came without a start and were sought. Absent ones are ignored. */
    void resume(Collection<Partition> partitions);

    /**
     * Returns by topic the ends of the log: the offsets below which everything stands that was appended before. That of
     * transactions which are still open counts, since it ages as well until they are committed: a reader passes these ends
     * once all of it is decided. It asks the brokers; partitions need not be assigned.
     *
     * @param topics topics that exist, with all their partitions
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     */
    Map<String, OffsetVector> endOffsets(Set<String> topics);

    /**
     * Describes the topics. It asks the brokers.
     *
     * @return by name those that exist
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     */
    default Map<String, TopicFacts> describe(Set<String> topics) {
        return describe(topics, Set.of()).facts();
    }

    /**
     * Describes topics and finds the ids of others, with one question for both.
     *
     * @param others topics of which only the id is asked, which needs no right beyond that to read them
     * @throws dev.freshet.model.RetriableException if the brokers cannot be reached for now
     */
    TopicAnswers describe(Set<String> topics, Set<String> others);

    /** Makes the poll that is under way, or else the next one, return at once. For any thread. */
    void wakeup();

    /** Leaves the group (the listener is told that its partitions are revoked) and closes the connections. */
    @Override
    void close();
}
