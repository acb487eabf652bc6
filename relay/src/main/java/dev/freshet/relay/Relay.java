package dev.freshet.relay;

import dev.freshet.capture.Source;
import dev.freshet.model.agent.AgentRunner;
import dev.freshet.model.agent.FaultLog;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.internal.Helper;
import dev.freshet.relay.internal.OutboxKeeper;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.internal.RelayAgent;
import dev.freshet.relay.internal.Sampler;
import dev.freshet.relay.internal.TopicWatch;
import dev.freshet.relay.kafka.KafkaTopicKeys;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running relay of one source: three agents on a thread each, the relay itself, and beside it the sampler of the source
 * and the watch over the topics.
 *
 * <p>Any number of relays may be started for one source, on any machines; one leads and the others stand by. A relay tries
 * again by itself after every passing fault; it ends with a {@link dev.freshet.model.ConfigurationException} when something
 * must be set right, and with a {@link dev.freshet.model.LossException} when changes are missing. All methods may be called
 * by any thread.
 */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final FaultLog FAULTS =
            FaultLog.of((message, cause) -> LOG.warn("{}", message), message -> LOG.info("{}", message));
    // the relay tells what matters of these as alarms
    private static final FaultLog HELPER_FAULTS =
            FaultLog.of((message, cause) -> LOG.debug("{}", message), message -> LOG.debug("{}", message));
    private static final Duration IDLE_LIMIT = Duration.ofMillis(1);
    private static final Duration SAMPLER_IDLE_LIMIT = Duration.ofMillis(20);
    private static final Duration WATCH_IDLE_LIMIT = Duration.ofMillis(100);
    private static final Duration WATCH_END_LIMIT = Duration.ofMillis(200);
    private static final Duration RETRY_LIMIT = Duration.ofSeconds(5);

    private final RelayAgent agent;
    private final AgentRunner runner;
    private final AgentRunner samplerRunner;
    /** Those that only ask, or clear, and may be in the midst of a question to a server that is away. */
    private final List<AgentRunner> watchRunners;

    private Relay(RelayAgent agent, AgentRunner runner, AgentRunner samplerRunner, List<AgentRunner> watchRunners) {
        this.agent = agent;
        this.runner = runner;
        this.samplerRunner = samplerRunner;
        this.watchRunners = watchRunners;
    }

    /**
     * Starts a relay.
     *
     * @param settings what it relays
     * @param sources makes the source anew for each attempt, and once more for the sampler
     * @param clock the clock for intervals and the ledger's entries
     */
    public static Relay start(RelaySettings settings, Supplier<? extends Source> sources, InstantSource clock) {
        Ports ports = new KafkaPorts(settings, sources);
        Sampler sampler = new Sampler(settings, ports, clock);
        TopicWatch watch = new TopicWatch(settings, ports, clock);
        AgentRunner samplerRunner = AgentRunner.start(sampler, clock, SAMPLER_IDLE_LIMIT, RETRY_LIMIT, HELPER_FAULTS);
        AgentRunner watchRunner = AgentRunner.start(watch, clock, WATCH_IDLE_LIMIT, RETRY_LIMIT, HELPER_FAULTS);
        OutboxKeeper keeper = new OutboxKeeper(settings, ports, clock);
        AgentRunner keeperRunner = AgentRunner.start(keeper, clock, WATCH_IDLE_LIMIT, RETRY_LIMIT, HELPER_FAULTS);
        List<Helper> helpers = List.of(
                new Helper("sampler", "freshness is unknown", samplerRunner),
                new Helper("watch over the topics", "a topic that is made again goes unnoticed", watchRunner),
                new Helper("keeper of the outbox", "its table grows", keeperRunner));
        RelayAgent agent = new RelayAgent(settings, ports, sampler, watch, keeper, helpers, clock);
        AgentRunner runner = AgentRunner.start(agent, clock, IDLE_LIMIT, RETRY_LIMIT, FAULTS);
        return new Relay(agent, runner, samplerRunner, List.of(watchRunner, keeperRunner));
    }

    /** Returns what the relay does. */
    public RelayStatus status() {
        return agent.status();
    }

    /** Returns when the slowest of its threads last came back from a piece of work: the sign that all of them move. */
    public Instant lastReturn() {
        return Stream.concat(Stream.of(runner, samplerRunner), watchRunners.stream())
                .map(AgentRunner::lastReturn)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Returns the relay's end: normal after {@link #close}, or with the failure that ended it. */
    public CompletableFuture<?> ended() {
        return runner.ended();
    }

    /** Ends the relay and waits for it, up to ten seconds; another one may take over at once. */
    @Override
    public void close() {
        runner.close();
        samplerRunner.close();
        watchRunners.forEach(watch -> watch.close(WATCH_END_LIMIT));
    }

    private record KafkaPorts(RelaySettings settings, Supplier<? extends Source> sources) implements Ports {
        @Override
        public Source openSource() {
            return sources.get();
        }

        @Override
        public TopicStore openStore() {
            return KafkaTopicStore.create(settings);
        }

        @Override
        public TopicWriter openWriter() {
            return KafkaTopicWriter.create(settings);
        }

        @Override
        public TopicKeys openKeys(TopicInfo topic, OffsetVector from, OffsetVector end) {
            return new KafkaTopicKeys(settings, topic, from, end);
        }
    }
}
