package dev.freshet.server.check;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Names;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicsSeen;
import dev.freshet.replica.Replica;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.Mistake;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.SourceType;
import dev.freshet.server.config.StreamConfig;
import dev.freshet.server.run.Settings;
import dev.freshet.server.run.Sources;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every server that a configuration names whether it has what Freshet needs: the brokers' transaction version,
 * topics and rights on them, the sources' settings, rights, tables and keys, the replicas' rights and tables.
 */
public final class ServersCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServersCheck.class);
    private static final String KAFKA_PATH = "kafka.bootstrap-servers";

    private final Configuration config;
    private final Map<String, String> kafka;
    private final Clock clock;

    private ServersCheck(Configuration config, Clock clock) {
        this.config = config;
        this.kafka = Settings.kafka(config.kafka(), config.kafka().bootstrapServers());
        this.clock = clock;
    }

    /**
     * Asks all servers, side by side; one that does not answer costs its own time-out, about 20 seconds.
     *
     * @param config what is to run; an embedded Kafka is not asked: one that runs stands here as {@link
     *     dev.freshet.server.run.OwnKafka#running} tells
     * @param clock the time
     * @return everything that stands in the way, in the order of the file
     */
    public static List<Mistake> check(Configuration config, Clock clock) {
        ServersCheck check = new ServersCheck(config, clock);
        List<CompletableFuture<List<Mistake>>> answers = new ArrayList<>();
        if (!config.kafka().embedded()) {
            answers.add(ask(KAFKA_PATH, check::cluster));
        }
        for (SourceConfig source : config.sources().values()) {
            answers.add(ask("sources." + source.name(), () -> check.source(source)));
        }
        for (ReplicaConfig replica : config.replicas().values()) {
            answers.add(ask("replicas." + replica.name(), () -> check.replica(replica)));
        }
        return answers.stream().flatMap(a -> a.join().stream()).toList();
    }

    private static CompletableFuture<List<Mistake>> ask(String path, Supplier<List<Mistake>> question) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return question.get();
            } catch (FreshetException e) {
                return List.of(new Mistake(path, String.valueOf(e.getMessage())));
            }
        });
    }

    private List<Mistake> cluster() {
        List<Mistake> mistakes = new ArrayList<>();
        // a store speaks for one relay, but the cluster is the same for all
        for (SourceConfig source : config.sources().values()) {
            RelaySettings relay = Settings.relay(config, source, kafka);
            try (KafkaTopicStore store = KafkaTopicStore.create(relay)) {
                if (mistakes.isEmpty()) {
                    store.checkCluster().forEach(m -> mistakes.add(new Mistake(KAFKA_PATH, m)));
                }
                store.missingRights().forEach(m -> mistakes.add(new Mistake("sources." + source.name(), m)));
                TopicsSeen seen = store.look(relay.streams());
                if (seen.ledger() != null) {
                    seen.ledger()
                            .contradictions()
                            .forEach(m -> mistakes.add(new Mistake("sources." + source.name() + ".ledger", m)));
                }
                for (StreamSettings stream : relay.streams()) {
                    TopicState topic = seen.streams().get(stream.name());
                    if (topic != null) {
                        topic.contradictions().forEach(m -> mistakes.add(new Mistake("streams." + stream.name(), m)));
                    }
                }
            }
        }
        return mistakes;
    }

    private List<Mistake> source(SourceConfig source) {
        try (Source opened = Sources.of(source, clock).get()) {
            List<TableCapture> captures = captures(source);
            List<Mistake> mistakes = new ArrayList<>();
            opened.check(captures).forEach(p -> mistakes.add(mistake(source, p)));
            captures.stream()
                    .filter(TableCapture::isOutbox)
                    .flatMap(table -> clearing(opened, table).stream())
                    .forEach(m -> mistakes.add(new Mistake(outboxOf(source), m)));
            return mistakes;
        }
    }

    private static Optional<String> clearing(Source source, TableCapture table) {
        try (OutboxCleaner cleaner = source.outboxCleaner(table)) {
            return cleaner.problem();
        }
    }

    private static String outboxOf(SourceConfig source) {
        return "sources." + source.name() + ".outbox";
    }

    private static Mistake mistake(SourceConfig source, CaptureProblem problem) {
        String sentence = unnamed("Source '" + source.name() + "': ", problem.sentence());
        return problem.stream()
                .map(s -> new Mistake(
                        s.equals(Names.OUTBOX) ? outboxOf(source) : "streams." + s,
                        unnamed("Stream '" + s + "', ", sentence)))
                .orElseGet(() -> new Mistake("sources." + source.name(), sentence));
    }

    /** Leaves out the name, which the place in the file tells already. */
    private static String unnamed(String named, String sentence) {
        return sentence.startsWith(named) ? sentence.substring(named.length()) : sentence;
    }

    private List<Mistake> replica(ReplicaConfig replica) {
        // the relay beside it makes them on its first start
        Set<String> toCome = replica.copies().stream()
                .map(config::streamOf)
                .filter(s -> s.capture() != null)
                .map(StreamConfig::topic)
                .collect(Collectors.toSet());
        try {
            dev.freshet.replica.ReplicaConfig settings = Settings.replica(config, replica, kafka);
            Map<String, SchemaRecord> expected = expected(replica);
            List<String> problems = config.kafka().embedded()
                    ? Replica.checkDatabase(settings, expected)
                    : Replica.check(settings, toCome, expected, clock);
            return problems.stream()
                    .map(m -> new Mistake("replicas." + replica.name(), m))
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(new Mistake("replicas." + replica.name(), "the check was interrupted"));
        }
    }

    /** Asks the sources of a replica's streams, as far as they are in the same file, what the values look like. */
    private Map<String, SchemaRecord> expected(ReplicaConfig replica) {
        Map<String, SchemaRecord> expected = new HashMap<>();
        Set<String> sources = replica.copies().stream()
                .map(config::streamOf)
                .map(StreamConfig::capture)
                .filter(Objects::nonNull)
                .map(StreamConfig.Capture::source)
                .collect(Collectors.toSet());
        for (String name : sources) {
            SourceConfig source = Objects.requireNonNull(config.sources().get(name));
            if (source.type() != SourceType.POSTGRESQL) {
                continue;
            }
            try (PostgresSource postgres = PostgresSource.create(Settings.postgres(source), clock)) {
                expected.putAll(postgres.schemas(captures(source)));
            } catch (FreshetException e) {
                // the source's own check tells it
                LOG.debug("The schemas of source '{}' are not known: {}", name, e.getMessage());
            }
        }
        return expected;
    }

    private List<TableCapture> captures(SourceConfig source) {
        return Settings.relay(config, source, kafka).tables();
    }
}
