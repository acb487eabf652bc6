package dev.freshet.simulation;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.agent.Agent;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.internal.OutboxKeeper;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.internal.RelayAgent;
import dev.freshet.relay.internal.Sampler;
import dev.freshet.relay.internal.TopicWatch;
import dev.freshet.replica.Consistency;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.agent.ActiveAgent;
import dev.freshet.replica.agent.FillAgent;
import dev.freshet.replica.agent.FreshnessAgent;
import dev.freshet.replica.agent.Progress;
import dev.freshet.replica.agent.ReplicaAgent;
import dev.freshet.replica.agent.WholeAgent;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.table.TableName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the processes of a world: relays, and instances of a replica. */
final class Nodes {
    private static final Duration SHORT = Duration.ofMillis(100);

    /** Which agent of a relay keeps the outbox, where there is one. */
    static final int KEEPER = 4;

    static final List<StreamSettings> TABLES = World.STREAMS.stream()
            .map(s -> StreamSettings.of(new TableCapture(s, "public." + s, List.of(), List.of()), World.topic(s))
                    .withPartitions(World.PARTITIONS))
            .toList();

    static final RelaySettings RELAY = settings(TABLES).build();

    private static final ReplicaConfig PER_KEY = replica(Consistency.PER_KEY, 5);

    /** Little is read ahead, so that a transaction of a few rows takes pieces. */
    private static final ReplicaConfig PER_TRANSACTION = replica(Consistency.PER_TRANSACTION, 1);

    private final ReplicaConfig config;

    private final SimDatabase db;
    private final SimKafka kafka;
    private final SimStore store;
    private final SimGroup group;
    private final InstantSource clock;
    private final Random random;
    private final Rules rules;
    private final @Nullable EventConfig events;

    Nodes(
            Consistency consistency,
            SimDatabase db,
            SimKafka kafka,
            SimStore store,
            SimGroup group,
            InstantSource clock,
            Random random,
            Rules rules,
            @Nullable EventConfig events) {
        this.config = consistency == Consistency.PER_KEY ? PER_KEY : PER_TRANSACTION;
        this.db = db;
        this.kafka = kafka;
        this.store = store;
        this.group = group;
        this.clock = clock;
        this.random = random;
        this.rules = rules;
        this.events = events;
    }

    /** Begins the settings of relays with those streams. */
    static RelaySettings.Builder settings(List<StreamSettings> streams) {
        return RelaySettings.builder("shop", streams, Map.of())
                .batch(4, 1 << 20)
                .snapshotLookupKeys(5)
                .onLoss(LossPolicy.RESNAPSHOT)
                .lossPause(SHORT)
                .sampleInterval(SHORT)
                .topicCheckInterval(SHORT.multipliedBy(2))
                .topicDoubtLimit(SHORT.multipliedBy(5));
    }

    /** One process with its agents, in which those that do the most stand several times. */
    record Node(SimProcess process, List<Agent> agents) {}

    private static ReplicaConfig replica(Consistency consistency, int batchRecords) {
        ReplicaConfig.Builder replica = ReplicaConfig.builder("copy")
                .database("jdbc:postgresql://nowhere/copies", "role", "none")
                .kafka("bootstrap.servers", "nowhere:1")
                .consistency(consistency)
                .batchRecords(batchRecords)
                .fillFilterBytes(64 << 10)
                .snapshot(Duration.ofSeconds(2), Duration.ofMillis(500))
                .retry(SHORT, Duration.ofSeconds(1))
                .freshness(SHORT, Duration.ofSeconds(2))
                .idleInTransactionTimeout(SimStore.IDLE_LIMIT);
        World.STREAMS.forEach(s -> replica.stream(
                new StreamTarget(s, World.topic(s), null, TableName.parse("public." + s + "_copy"), Map.of())));
        return replica.build();
    }

    Node relay() {
        SimProcess process = new SimProcess();
        Ports ports = new SimPorts(kafka, process, () -> {
            SimSource source = new SimSource(db, clock, random, rules, process);
            process.atEnd(source::cutOff);
            return source;
        });
        RelaySettings settings = events == null ? RELAY : events.settings();
        Sampler sampler = new Sampler(settings, ports, clock);
        TopicWatch watch = new TopicWatch(settings, ports, clock);
        OutboxKeeper keeper = new OutboxKeeper(settings, ports, clock);
        RelayAgent relay = new RelayAgent(settings, ports, sampler, watch, keeper, List.of(), clock);
        List<Agent> agents = List.of(relay, sampler, watch, relay);
        return new Node(
                process,
                events == null
                        ? agents
                        : Stream.concat(agents.stream(), Stream.of(keeper)).toList());
    }

    Node copy() {
        SimProcess process = new SimProcess();
        process.seen(store::seen);
        SimReaders readers = new SimReaders(kafka, group, process, random, rules);
        CopyStore copies = () -> {
            process.step();
            return new SimSession(store, process, config.limits().freshnessValid());
        };
        Progress progress = Progress.inOneThread();
        FreshnessAgent freshness = new FreshnessAgent(config, readers, copies, clock, progress);
        if (config.consistency() == Consistency.PER_TRANSACTION) {
            WholeAgent whole = new WholeAgent(config, readers, copies, clock, progress);
            ActiveAgent active = new ActiveAgent(config, copies, clock, progress);
            return new Node(process, List.of(whole, active, freshness, whole, freshness, whole));
        }
        ReplicaAgent apply = new ReplicaAgent(config, readers, copies, clock, progress);
        FillAgent fill = new FillAgent(config, readers, copies, clock, progress);
        return new Node(process, List.of(apply, fill, freshness, apply));
    }
}
