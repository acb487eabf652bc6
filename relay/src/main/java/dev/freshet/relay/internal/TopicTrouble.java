package dev.freshet.relay.internal;

import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a topic so that it is no longer what the ledger speaks of.
 *
 * @param mayBeError whether a broker that lags behind the others may say so of a topic that is whole: it does not know a new
 *     topic yet, still has one of the same name that was deleted, or has not heard that it leads a partition no more
 * @param text what has happened, without a full stop
 */
record TopicTrouble(boolean mayBeError, String text) {
    /**
     * Compares a stream's topic with the ledger.
     *
     * @param known the stream as the ledger has it
     * @param now its topic, looked at after the vector was written; null if there is none
     * @param vector the topic's offsets at a boundary in the ledger; null if it has none yet
     * @return null if it is whole
     */
    static @Nullable TopicTrouble of(StreamEntry known, @Nullable TopicState now, @Nullable OffsetVector vector) {
        return of(
                new TopicInfo(known.stream(), known.topic(), known.topicId(), known.partitions()),
                now,
                vector,
                known.isOfEvents());
    }

    /**
     * Compares a topic with what it was.
     *
     * @param known what it was
     * @param now what it is; null if there is none
     * @param vector below which offsets it had records; null if it had none
     * @param forgets whether its oldest records go in time
     * @return null if it is whole
     */
    static @Nullable TopicTrouble of(
            TopicInfo known, @Nullable TopicState now, @Nullable OffsetVector vector, boolean forgets) {
        String topic = "The topic '" + known.topic() + "' ";
        if (now == null) {
            return new TopicTrouble(true, topic + "is gone");
        }
        if (!now.info().id().equals(known.id())) {
            return new TopicTrouble(true, topic + "was deleted and made again");
        }
        if (now.info().partitions() != known.partitions()) {
            return new TopicTrouble(
                    false,
                    topic + "had " + known.partitions() + " partitions and now has "
                            + now.info().partitions() + ", so that keys would change their partition");
        }
        for (int p = 0; p < known.partitions(); p++) {
            if (!forgets && now.begins().offset(p) > 0) {
                return new TopicTrouble(
                        false,
                        topic + "begins at offset " + now.begins().offset(p) + " in partition " + p
                                + ": the records before it were deleted (by kafka-delete-records.sh, or a cleanup.policy"
                                + " with 'delete')");
            }
            if (vector != null && now.ends().offset(p) < vector.offset(p)) {
                return new TopicTrouble(
                        true,
                        topic + "ends at offset " + now.ends().offset(p) + " in partition " + p
                                + ", but the ledger has written up to " + vector.offset(p));
            }
        }
        return null;
    }
}
