package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Two relays of two sources, two processes with an instance of each of two replicas, a service that publishes events, a Kafka and two
 * PostgreSQL servers, with a {@link Link} between each process and each server that it uses.
 */
final class FaultWorld implements AutoCloseable {
    static final List<String> RELAYS = List.of("relay-1", "relay-2");

    static final String KAFKA = "kafka";

    /** The service that publishes events; it is started by who wants events. */
    static final String SERVICE = "service";

    private final List<Link> links = new ArrayList<>();
    private final List<ChildProcess> processes = new ArrayList<>();
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres source;
    private final EmbeddedPostgres target;

    private FaultWorld(EmbeddedKafka kafka, EmbeddedPostgres source, EmbeddedPostgres target) {
        this.kafka = kafka;
        this.source = source;
        this.target = target;
    }

    /**
     * Starts everything.
     *
     * @param folder for data, configurations and logs
     * @param seed decides what the service publishes
     */
    static FaultWorld start(Path folder, long seed) throws IOException, SQLException {
        List<String> names = List.of("relay-1", "relay-2", "replica-1", "replica-2", SERVICE);
        Map<String, Link> toKafka = new LinkedHashMap<>();
        EmbeddedKafka.Builder builder =
                EmbeddedKafka.builder().directory(folder.resolve("kafka")).property("num.network.threads", "1");
        for (String name : names) {
            Link link = Link.open(name + "/kafka");
            toKafka.put(name, link);
            builder.proxied(listener(name), link.port());
        }
        EmbeddedKafka kafka = builder.start();
        EmbeddedPostgres source =
                EmbeddedPostgres.builder().directory(folder.resolve("source")).start();
        EmbeddedPostgres target =
                EmbeddedPostgres.builder().directory(folder.resolve("target")).start();
        FaultWorld world = new FaultWorld(kafka, source, target);
        try {
            target.createDatabase(FaultSettings.TARGET);
            source.createDatabase(FaultSettings.SOURCE);
            source.createDatabase(FaultSettings.POLLED);
            try (Connection c = world.source()) {
                LoadTables.create(c);
            }
            EventPlaces.create(world);
            for (String name : names) {
                Link link = Objects.requireNonNull(toKafka.get(name));
                link.to(kafka.proxiedPort(listener(name)));
                world.links.add(link);
                world.add(name, link.port(), folder, seed);
            }
            for (ChildProcess p : world.processes) {
                if (!p.name().equals(SERVICE)) {
                    p.start();
                }
            }
            return world;
        } catch (IOException | SQLException | RuntimeException e) {
            world.close();
            throw e;
        }
    }

    private void add(String name, int kafkaPort, Path folder, long seed) throws IOException {
        boolean replica = name.startsWith("replica");
        Link link = Link.open(name + (replica ? "/target" : "/source"));
        link.to(replica ? target.port() : source.port());
        links.add(link);
        if (name.equals(SERVICE)) {
            Path file = folder.resolve(name + ".properties");
            new ServiceSettings(link.port(), kafkaPort, source.user(), source.password(), seed).write(file);
            processes.add(ChildProcess.service(name, file));
        } else {
            Path file = folder.resolve(name + ".yaml");
            Files.writeString(
                    file,
                    replica
                            ? FaultSettings.replica(kafkaPort, link.port(), target)
                            : FaultSettings.relay(kafkaPort, link.port(), source));
            processes.add(ChildProcess.freshet(name, file));
        }
    }

    private static String listener(String process) {
        return process.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** A connection to the source that no fault of the network concerns. */
    Connection source() throws SQLException {
        return source.connect(FaultSettings.SOURCE);
    }

    /** A connection to the database of a way's events that no fault of the network concerns. */
    Connection source(Way way) throws SQLException {
        return source.connect(FaultSettings.database(way));
    }

    /** A connection to the copies that no fault of the network concerns. */
    Connection target() throws SQLException {
        return target.connect(FaultSettings.TARGET);
    }

    /** Where Kafka answers a client that no fault of the network concerns. */
    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Everything that can be killed and frozen. */
    List<Victim> victims() {
        return Stream.concat(
                        processes.stream(),
                        Stream.of(
                                new ServerVictim(KAFKA, kafka),
                                new ServerVictim("source", source),
                                new ServerVictim("target", target)))
                .toList();
    }

    /** Everything that can be stalled, cut and half opened. */
    List<Link> links() {
        return List.copyOf(links);
    }

    /** The process of this name. */
    ChildProcess process(String name) {
        return processes.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    }

    /** Fails if a Freshet process has ended by itself. */
    void requireAlive() throws IOException {
        for (ChildProcess p : processes) {
            p.requireAlive();
        }
    }

    /** The ends of all logs, for a failure. */
    String logEnds() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (ChildProcess p : processes) {
            logs.append("\n== ").append(p.name()).append('\n').append(p.logEnd());
        }
        return logs.toString();
    }

    /** Stops everything. */
    @Override
    public void close() {
        try (target;
                source;
                kafka) {
            links.forEach(l -> l.become(Link.State.WHOLE));
            // together: each may take seconds to end in order
            processes.parallelStream().forEach(ChildProcess::close);
            links.forEach(Link::close);
        }
    }
}
