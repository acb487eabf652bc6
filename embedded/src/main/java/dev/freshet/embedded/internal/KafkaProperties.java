package dev.freshet.embedded.internal;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The {@code server.properties} of the embedded node. */
public final class KafkaProperties {

    private KafkaProperties() {}

    /**
     * Where clients reach the node.
     *
     * @param name the listener's name, in capitals
     * @param port where the node listens
     * @param advertised the port that it tells clients
     */
    public record Listener(String name, int port, int advertised) {}

    /** Writes the file: the defaults for one node, with the user's properties over them. The first listener is CLIENTS. */
    public static void write(
            Path file, Path data, List<Listener> listeners, int controllerPort, Map<String, String> overrides)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(network(listeners, controllerPort));
        properties.putAll(internalTopics());
        properties.putAll(storage());
        properties.putAll(timing());
        properties.put("log.dirs", data.toString());
        properties.putAll(overrides);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "written by Freshet at each start");
        }
    }

    private static Map<String, String> network(List<Listener> listeners, int controllerPort) {
        return Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "controller.listener.names", "CONTROLLER",
                "listeners",
                        join(listeners, l -> l.name() + "://127.0.0.1:" + l.port()) + ",CONTROLLER://127.0.0.1:"
                                + controllerPort,
                "advertised.listeners", join(listeners, l -> l.name() + "://127.0.0.1:" + l.advertised()),
                "listener.security.protocol.map",
                        join(listeners, l -> l.name() + ":PLAINTEXT") + ",CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "CLIENTS",
                "num.network.threads", "2",
                "num.io.threads", "4");
    }

    private static String join(List<Listener> listeners, Function<Listener, String> text) {
        return listeners.stream().map(text).collect(Collectors.joining(","));
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
