package dev.freshet.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a replica is doing, as this instance knows it.
 *
 * @param name the replica
 * @param state what this instance is doing
 * @param reason why it is not running or the copy not complete, in a sentence; null if all is well
 * @param position the newest boundary of the source that the copy has passed, as text, or null; of the first source if there
 *     are several
 * @param freshnessMillis how old the copy may be, in milliseconds, or null if unknown; the oldest of its sources
 * @param changesBehind how many changes are in the topics and not in the copy, an upper bound; -1 if that was not found of late
 * @param complete whether the copy is proven complete up to its freshness
 * @param caughtUp whether the copy has had, since this instance was started, all that its topics held then. From then on it
 *     stays so, whatever comes; until then the copy may be {@code complete} as of long ago. It needs Kafka and the consumer's
 *     database, not the source or its relay
 * @param applied how many changes this instance has applied since its start
 * @param rowsPerSecond how many rows this instance applied or filled per second, lately
 * @param fillRows how many rows the running, or last, fill of this instance has copied
 * @param consistency what readers of the tables may rely on
 * @param active the instance of a {@code per-transaction} replica that is active, or null if none is known
 * @param parkedKeys how many keys stand still since the table refuses their newest records, of all instances; -1 before it was read
 * @param partitions the partitions, of all instances
 */
public record ReplicaStatus(
        String name,
        State state,
        @Nullable String reason,
        @Nullable String position,
        @Nullable Long freshnessMillis,
        long changesBehind,
        boolean complete,
        boolean caughtUp,
        long applied,
        double rowsPerSecond,
        long fillRows,
        Consistency consistency,
        @Nullable String active,
        long parkedKeys,
        List<PartitionStatus> partitions) {
    /** What an instance of a replica can be doing. */
    public enum State {
        /** It connects, finds its sources and prepares its state. */
        STARTING,
        /** No table is filled yet, and it fills one. */
        FILLING,
        /** No table is filled yet, and another instance fills one; this one stands by and takes over if that one dies. */
        WAITING,
        /**
         * It applies changes of the tables that are filled, or waits for some; a stream whose table is being filled, or cannot
         * be copied for now, is told by the reason.
         */
        RUNNING,
        /** Another instance of a {@code per-transaction} replica is active; this one takes over if that one is not heard of. */
        STANDBY,
        /** No stream can be copied for now; each is tried again by itself, and the reason says what to mend. */
        RETRYING,
        /** It has stopped for good; the reason says what to mend. */
        STOPPED;

        /** Returns the word for status and metrics. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A partition.
     *
     * @param stream its stream
     * @param partition its number
     * @param nextOffset the offset of the next record to apply
     * @param position the last position applied, as text
     * @param stopped why it is stopped, with the record's coordinates, or null
     */
    public record PartitionStatus(
            String stream,
            int partition,
            long nextOffset,
            String position,
            @Nullable String stopped) {}

    /** Copies the list. */
    public ReplicaStatus {
        partitions = List.copyOf(partitions);
    }
}
