package dev.freshet.simulation;

import dev.freshet.capture.Source;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.util.function.Supplier;

/**
 * What a relay of a simulated process has: a source, and the simulated brokers.
 *
 * @param brokers the process's calls to the brokers
 * @param sources opens the source
 */
record SimPorts(SimKafka kafka, Calls brokers, Supplier<? extends Source> sources) implements Ports {
    @Override
    public Source openSource() {
        return sources.get();
    }

    @Override
    public TopicStore openStore() {
        return kafka.openStore(brokers);
    }

    @Override
    public TopicWriter openWriter() {
        return kafka.openWriter(brokers);
    }

    @Override
    public TopicKeys openKeys(TopicInfo topic, OffsetVector from, OffsetVector end) {
        return kafka.openKeys(brokers, topic, from, end);
    }
}
