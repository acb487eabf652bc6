package dev.freshet.relay.internal;

import dev.freshet.capture.Source;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;

/** Opens what a relay works with, anew for each attempt. */
public interface Ports {
    /** Opens the source; what it holds belongs to one thread. */
    Source openSource();

    /** Opens the topics. */
    TopicStore openStore();

    /** Opens a writer that may not write before it has fenced the others. */
    TopicWriter openWriter();

    /**
     * Opens a topic to read its keys.
     *
     * @param from by partition, where to begin
     * @param end by partition, where to end
     */
    TopicKeys openKeys(TopicInfo topic, OffsetVector from, OffsetVector end);
}
