package dev.freshet.simulation;

import dev.freshet.capture.polling.PolledFailure;
import dev.freshet.capture.polling.PolledSession;
import dev.freshet.capture.polling.PolledStore;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.polling.PollingSource;
import dev.freshet.model.FreshetException;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.internal.OutboxKeeper;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.internal.RelayAgent;
import dev.freshet.relay.internal.Sampler;
import dev.freshet.relay.internal.TopicWatch;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Makes the relays of a world whose database is polled. */
final class PolledNodes {
    /** Pages and gaps are few, so that both are met. */
    static final PollingSettings POLLING = PollingSettings.builder(
                    "shop", new JdbcUrl("jdbc:postgresql://nowhere/shop"), "role", "none", "public.outbox")
            .pageEvents(3)
            .mostGaps(5)
            .build();

    /** Which agent of a relay leads, which samples, which polls, and which clears. */
    static final int LEADER = 0;

    static final int SAMPLER = 1;
    static final int POLLER = 4;

    static final int KEEPER = 5;

    private final PolledServer server;
    private final SimKafka kafka;
    private final InstantSource clock;
    private final Random random;
    private final EventConfig config;
    private final BooleanSupplier away;

    /**
     * Creates it.
     *
     * @param away whether the brokers are
     */
    PolledNodes(
            PolledServer server,
            SimKafka kafka,
            InstantSource clock,
            Random random,
            EventConfig config,
            BooleanSupplier away) {
        this.server = server;
        this.kafka = kafka;
        this.clock = clock;
        this.random = random;
        this.config = config;
        this.away = away;
    }

    private PolledStore store(SimProcess process) {
        return new PolledStore() {
            @Override
            public String type() {
                return "polled";
            }

            @Override
            public PolledSession open() {
                if (process.call() != Calls.Trouble.NONE) {
                    throw new PolledFailure("The database is away");
                }
                SimPolledSession session = new SimPolledSession(server, random, process);
                process.atEnd(() -> session.end(random.nextInt(4) > 0));
                return session;
            }

            @Override
            public FreshetException failed(String doing, PolledFailure failure) {
                return new RetriableException(doing, failure);
            }
        };
    }

    Nodes.Node relay() {
        SimProcess process = new SimProcess();
        Calls brokers = () -> {
            Calls.Trouble trouble = process.call();
            return away.getAsBoolean() ? Calls.Trouble.BEFORE : trouble;
        };
        SimPollers pollers = new SimPollers(clock, server::followed);
        Ports ports = new SimPorts(kafka, brokers, PollingSource.over(POLLING, store(process), pollers));
        RelaySettings settings = config.settings();
        Sampler sampler = new Sampler(settings, ports, clock);
        TopicWatch watch = new TopicWatch(settings, ports, clock);
        OutboxKeeper keeper = new OutboxKeeper(settings, ports, clock);
        RelayAgent relay = new RelayAgent(settings, ports, sampler, watch, keeper, List.of(), clock);
        return new Nodes.Node(process, List.of(relay, sampler, watch, relay, pollers, keeper, pollers));
    }
}
