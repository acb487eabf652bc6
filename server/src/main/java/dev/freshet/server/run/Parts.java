package dev.freshet.server.run;

import dev.freshet.embedded.EmbeddedException;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.agent.Agent;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.StreamConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of a server, as an agent that looks after them. Status may be asked by any thread. */
public final class Parts implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration WAIT_FOR_TOPICS = Duration.ofSeconds(30);
    private static final Duration KAFKA_RESTART_AFTER = Duration.ofSeconds(5);

    private final Configuration config;
    private final Instant startedAt;
    private final Clock clock;
    private final @Nullable EmbeddedKafka kafka;
    private final String bootstrapServers;
    private final Map<String, SourcePart> sources;
    private final List<ReplicaPart> replicas;
    private Instant kafkaRestartAt = Instant.MIN;
    private volatile @Nullable String kafkaProblem;

    private Parts(
            Configuration config,
            Instant startedAt,
            Clock clock,
            @Nullable EmbeddedKafka kafka,
            String bootstrapServers,
            Map<String, SourcePart> sources,
            List<ReplicaPart> replicas) {
        this.config = config;
        this.startedAt = startedAt;
        this.clock = clock;
        this.kafka = kafka;
        this.bootstrapServers = bootstrapServers;
        this.sources = sources;
        this.replicas = replicas;
    }

    /**
     * Creates the parts and starts an embedded Kafka; the rest is started by {@link #doWork()}.
     *
     * @param config what runs
     * @param dataFolder where an embedded Kafka keeps its data
     * @param startedAt the server's start
     * @param clock the time
     * @throws dev.freshet.model.ConfigurationException if the data folder cannot be used
     */
    public static Parts create(Configuration config, Path dataFolder, Instant startedAt, Clock clock) {
        EmbeddedKafka kafka = null;
        String bootstrapServers = config.kafka().bootstrapServers();
        if (config.kafka().embedded()) {
            LOG.info("Starting the embedded Kafka in {}", dataFolder);
            kafka = OwnKafka.start(dataFolder);
            kafka.onDeath(death -> LOG.debug("{}", death.getMessage()));
            bootstrapServers = kafka.bootstrapServers();
            LOG.info("The embedded Kafka is up at {}", bootstrapServers);
        }
        Map<String, String> properties = Settings.kafka(config.kafka(), bootstrapServers);
        Map<String, SourcePart> sources = new HashMap<>();
        for (SourceConfig source : config.sources().values()) {
            sources.put(
                    source.name(),
                    new SourcePart(
                            source,
                            config.streamsOf(source.name()),
                            Settings.relay(config, source, properties),
                            Sources.of(source, clock),
                            FIRST_PAUSE,
                            LONGEST_PAUSE,
                            clock));
        }
        List<ReplicaPart> replicas = new ArrayList<>();
        for (ReplicaConfig replica : config.replicas().values()) {
            Instant until = startedAt.plus(WAIT_FOR_TOPICS);
            replicas.add(new ReplicaPart(
                    Settings.replica(config, replica, properties),
                    () -> !clock.instant().isBefore(until) || topicsAreThere(config, replica, sources),
                    FIRST_PAUSE,
                    LONGEST_PAUSE,
                    clock));
        }
        return new Parts(config, startedAt, clock, kafka, bootstrapServers, sources, List.copyOf(replicas));
    }

    // the relay beside it makes them on its first start; a replica that finds none would stop with a mistake
    private static boolean topicsAreThere(
            Configuration config, ReplicaConfig replica, Map<String, SourcePart> sources) {
        return replica.copies().stream().map(config::streamOf).allMatch(stream -> {
            StreamConfig.Capture capture = stream.capture();
            SourcePart source = capture == null ? null : sources.get(capture.source());
            return source == null || source.knows(stream.name());
        });
    }

    @Override
    public String name() {
        return "server";
    }

    private Stream<Part<?>> all() {
        return Stream.concat(
                sources.values().stream().map(SourcePart::part),
                replicas.stream().map(ReplicaPart::part));
    }

    @Override
    public int doWork() {
        lookAfterKafka();
        all().forEach(Part::tick);
        sources.values().forEach(SourcePart::observe);
        return 0;
    }

    private void lookAfterKafka() {
        EmbeddedKafka embedded = kafka;
        if (embedded == null || embedded.death().isEmpty()) {
            kafkaProblem = null;
            return;
        }
        Instant now = clock.instant();
        if (now.isBefore(kafkaRestartAt)) {
            return;
        }
        kafkaRestartAt = now.plus(KAFKA_RESTART_AFTER);
        String summary = embedded.death().get().summary();
        kafkaProblem = "The embedded Kafka has died and is started again: " + summary;
        LOG.error("The embedded Kafka has died and is started again: {}", summary);
        try {
            embedded.restart();
            LOG.info("The embedded Kafka is up again at {}", bootstrapServers);
        } catch (EmbeddedException e) {
            kafkaProblem = "The embedded Kafka could not be started again; Freshet tries on: " + e.summary();
            LOG.error("The embedded Kafka could not be started again; Freshet tries on: {}", e.summary());
        }
    }

    /** Returns the Kafka in use, for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Returns the parts that have not come back from their work for the time, each a sentence.
     *
     * @param limit the time
     */
    public List<String> stuck(Duration limit) {
        List<String> problems = new ArrayList<>();
        all().forEach(part -> {
            String problem = part.stuck(limit);
            if (problem != null) {
                problems.add(problem);
            }
        });
        return problems;
    }

    /** Returns what all parts do now. */
    public ServerStatus status() {
        List<SourceStatus> sourceStatus = config.sources().keySet().stream()
                .map(name -> Objects.requireNonNull(sources.get(name)).status())
                .toList();
        Map<String, StreamStatus> captured = new HashMap<>();
        sources.values().forEach(s -> s.streamStatus().forEach(status -> captured.put(status.name(), status)));
        List<StreamStatus> streamStatus = config.streams().values().stream()
                .map(s -> captured.getOrDefault(s.name(), notCaptured(s, "elsewhere")))
                .toList();
        List<ReplicaStatus> replicaStatus =
                replicas.stream().map(ReplicaPart::status).toList();
        List<String> problems = Problems.of(config, sourceStatus, streamStatus, replicaStatus);
        if (kafkaProblem != null) {
            problems.add(0, kafkaProblem);
        }
        return new ServerStatus(
                version(), startedAt, problems.isEmpty(), problems, sourceStatus, streamStatus, replicaStatus);
    }

    /**
     * Returns the status before there are any parts, while the embedded Kafka comes up.
     *
     * @param config what is to run
     * @param startedAt the server's start
     */
    public static ServerStatus starting(Configuration config, Instant startedAt) {
        return new ServerStatus(
                version(),
                startedAt,
                false,
                List.of("The server is starting; its embedded Kafka is not up yet"),
                config.sources().keySet().stream()
                        .map(s -> new SourceStatus(s, "starting", null, null, null, -1, -1, 0, 0, List.of()))
                        .toList(),
                config.streams().values().stream()
                        .map(s -> notCaptured(s, s.capture() == null ? "elsewhere" : "waiting"))
                        .toList(),
                config.replicas().values().stream()
                        .map(r -> new ReplicaStatus(
                                r.name(),
                                "starting",
                                null,
                                null,
                                null,
                                -1,
                                -1,
                                false,
                                false,
                                0,
                                -1,
                                r.consistency().text(),
                                null))
                        .toList());
    }

    private static String version() {
        String version = Parts.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private static StreamStatus notCaptured(StreamConfig stream, String state) {
        return new StreamStatus(
                stream.name(),
                stream.topic(),
                state,
                null,
                null,
                stream.isOfEvents() ? ServerStatus.Snapshot.none() : new ServerStatus.Snapshot("unknown", -1, -1));
    }

    @Override
    public void close() {
        // side by side: each has its own limit
        CompletableFuture<?>[] ends =
                all().map(part -> CompletableFuture.runAsync(part::close)).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ends).join();
        if (kafka != null) {
            kafka.close();
        }
    }
}
