package dev.freshet.relay.port;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the topics gave.
 *
 * @param ledger the ledger's topic; null if there is none
 * @param streams the streams' topics that exist, by stream
 */
public record TopicsSeen(@Nullable TopicState ledger, Map<String, TopicState> streams) {
    /** Copies the map. */
    public TopicsSeen {
        streams = Map.copyOf(streams);
    }
}
