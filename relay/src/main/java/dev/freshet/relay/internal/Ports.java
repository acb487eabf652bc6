package dev.freshet.relay.internal;

import dev.freshet.capture.Source;
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
}
