package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** The {@code server.properties} of the embedded node. */
public final class KafkaProperties {

    private KafkaProperties() {}

    /** Writes the file: the defaults for one node, with the user's properties over them. */
    public static void write(Path file, Path data, int port, int controllerPort, Map<String, String> overrides)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(network(port, controllerPort));
        properties.putAll(internalTopics());
        properties.putAll(storage());
        properties.putAll(timing());
        properties.put("log.dirs", data.toString());
        properties.putAll(overrides);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "written by Freshet at each start");
        }
    }

    private static Map<String, String> network(int port, int controllerPort) {
        return Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "controller.listener.names", "CONTROLLER",
                "listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners", "CLIENTS://127.0.0.1:" + port,
                "listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "CLIENTS",
                "num.network.threads", "2",
                "num.io.threads", "4");
    }

    private static Map<String, String> internalTopics() {
        return Map.of(
                "auto.create.topics.enable", "false",
                "default.replication.factor", "1",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1");
    }

    private static Map<String, String> storage() {
        return Map.of(
                "log.segment.bytes", Integer.toString(64 << 20),
                // an index is set aside for each open segment of each partition
                "log.index.size.max.bytes", Integer.toString(1 << 20),
                "log.cleaner.enable", "true",
                "log.cleaner.threads", "1",
                // the default of 128 MB would be a third of the heap
                "log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20),
                "log.cleaner.backoff.ms", "1000",
                "num.recovery.threads.per.data.dir", "2");
    }

    private static Map<String, String> timing() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                // a client may notice a dead member of its group soon
                "group.min.session.timeout.ms", "1000",
                "group.consumer.min.session.timeout.ms", "1000",
                "group.consumer.min.heartbeat.interval.ms", "100",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
                // after kill -9 the controller refuses the new broker until the old one's session is over
                "broker.heartbeat.interval.ms", "300",
                "broker.session.timeout.ms", "2000");
    }
}
