package dev.freshet.relay.internal;

import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.port.TopicState;
import org.jspecify.annotations.Nullable;

/** What can have become of a topic so that it is no longer what the ledger speaks of. */
final class TopicTrouble {
    private TopicTrouble() {}

    /**
     * Compares a stream's topic with the ledger.
     *
     * @param known the stream as the ledger has it
     * @param now its topic, looked at after the vector was written; null if there is none
     * @param vector the topic's offsets at a boundary in the ledger; null if it has none yet
     * @return what has happened to the topic, without a full stop; null if it is whole
     */
    static @Nullable String of(StreamEntry known, @Nullable TopicState now, @Nullable OffsetVector vector) {
        if (now == null) {
            return "The topic '" + known.topic() + "' is gone";
        }
        if (!now.info().id().equals(known.topicId())) {
            return "The topic '" + known.topic() + "' was deleted and made again";
        }
        if (now.info().partitions() != known.partitions()) {
            return "The topic '" + known.topic() + "' had " + known.partitions() + " partitions and now has "
                    + now.info().partitions() + ", so that keys would change their partition";
        }
        for (int p = 0; p < known.partitions(); p++) {
            if (now.begins().offset(p) > 0) {
                return "The topic '" + known.topic() + "' begins at offset "
                        + now.begins().offset(p) + " in partition " + p
                        + ": the records before it were deleted (by kafka-delete-records.sh, or a cleanup.policy with"
                        + " 'delete')";
            }
            if (vector != null && now.ends().offset(p) < vector.offset(p)) {
                return "The topic '" + known.topic() + "' ends at offset "
                        + now.ends().offset(p) + " in partition " + p + ", but the ledger has written up to "
                        + vector.offset(p);
            }
        }
        return null;
    }

    /** Returns a reason, which may end with a full stop, with the way out behind it. */
    static String withWayOut(String reason, String stream) {
        String open = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
        return open + "; run 'freshet remove stream " + stream + "' to begin it anew";
    }
}
