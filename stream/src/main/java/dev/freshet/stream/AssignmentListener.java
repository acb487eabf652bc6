package dev.freshet.stream;

import java.util.Map;
import java.util.Set;

/**
 * Told of partitions that come and go, on the thread that polls, inside {@link StreamReader#poll} (or {@code close}).
 *
 * <p>What a method throws comes out of that call.
 */
public interface AssignmentListener {
    /**
     * Partitions have come. The applier takes them over (in a database: bump the generation, then read the offset).
     *
     * @param partitions only the new ones
     * @return for each of them the offset of the first record to read: what the copy stores, 0 at the beginning; the
     *     offsets that Kafka may have committed for the group are never used. A partition that is left out is not read,
     *     and has no position, until {@link StreamReader#seek} and {@link StreamReader#resume}
     */
    Map<Partition, Long> assigned(Set<Partition> partitions);

    /**
     * Partitions go to another instance after this call; this one still owns them and may finish and commit what it has
     * read.
     *
     * @param partitions only those that go
     */
    void revoked(Set<Partition> partitions);

    /**
     * Partitions were taken away already, since this instance was not heard of in time; another may work on them by now.
     * What was read of them and not committed is to be forgotten.
     *
     * @param partitions only those that went
     */
    void lost(Set<Partition> partitions);
}
