package dev.freshet.relay.internal;

import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;

/** Opens a topic to read its keys. */
@FunctionalInterface
interface TopicOpener {
    /**
     * Opens it.
     *
     * @param from by partition, where to begin
     * @param end by partition, where to end
     */
    TopicKeys open(TopicInfo topic, OffsetVector from, OffsetVector end);
}
