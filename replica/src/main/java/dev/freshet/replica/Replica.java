package dev.freshet.replica;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.agent.AgentRunner;
import dev.freshet.model.agent.FaultLog;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.admin.ReplicaAdmin;
import dev.freshet.replica.admin.ReplicaRemoval;
import dev.freshet.replica.agent.ActiveAgent;
import dev.freshet.replica.agent.FillAgent;
import dev.freshet.replica.agent.FreshnessAgent;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.agent.Progress;
import dev.freshet.replica.agent.Readers;
import dev.freshet.replica.agent.ReplicaAgent;
import dev.freshet.replica.agent.WholeAgent;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.postgres.PostgresCopyStore;
import dev.freshet.stream.Freshness;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running instance of a replica. Several instances of the same configuration share the work by Kafka's group protocol.
 *
 * <p>All methods may be called by any thread.
 */
public final class Replica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final FaultLog FAULTS = FaultLog.of(
            (message, cause) -> {
                LOG.warn("{}; tried again", message);
                LOG.debug("The cause", cause);
            },
            message -> LOG.info("{}", message));
    private static final Duration IDLE_LIMIT = Duration.ofMillis(1);
    private static final Duration ACTIVE_IDLE_LIMIT = Duration.ofMillis(100);
    private static final Duration RETRY_LIMIT = Duration.ofSeconds(10);

    private final ReplicaConfig config;
    private final InstantSource clock;
    private final Progress progress;
    private final AgentRunner work;
    private final AgentRunner beside;
    private final AgentRunner freshness;
    private final CompletableFuture<?> ended;
    private final RateMeter rate;

    private Replica(
            ReplicaConfig config,
            InstantSource clock,
            Progress progress,
            AgentRunner work,
            AgentRunner beside,
            AgentRunner freshness) {
        this.config = config;
        this.clock = clock;
        this.progress = progress;
        this.work = work;
        this.beside = beside;
        this.freshness = freshness;
        this.ended = CompletableFuture.anyOf(work.ended(), failureOf(beside), failureOf(freshness));
        this.rate = new RateMeter(clock.instant());
    }

    /**
     * Starts an instance; it connects in the background and tries until it succeeds.
     *
     * @param config what is copied where
     * @param clock the clock; must not run behind the brokers' by more than a fraction of the topics' limits
     */
    public static Replica start(ReplicaConfig config, Clock clock) {
        return start(config, new KafkaReaders(config, clock), clock);
    }

    /**
     * Starts an instance over a port to Kafka.
     *
     * @param config what is copied where
     * @param readers the port
     * @param clock the clock
     */
    public static Replica start(ReplicaConfig config, Readers readers, InstantSource clock) {
        Progress progress = new Progress();
        CopyStore store = new PostgresCopyStore(config);
        boolean whole = config.consistency() == Consistency.PER_TRANSACTION;
        AgentRunner work = AgentRunner.start(
                whole
                        ? new WholeAgent(config, readers, store, clock, progress)
                        : new ReplicaAgent(config, readers, store, clock, progress),
                clock,
                IDLE_LIMIT,
                RETRY_LIMIT,
                FAULTS);
        AgentRunner beside = AgentRunner.start(
                whole
                        ? new ActiveAgent(config, store, clock, progress)
                        : new FillAgent(config, readers, store, clock, progress),
                clock,
                whole ? ACTIVE_IDLE_LIMIT : IDLE_LIMIT,
                RETRY_LIMIT,
                FAULTS);
        AgentRunner freshness = AgentRunner.start(
                new FreshnessAgent(config, readers, store, clock, progress), clock, IDLE_LIMIT, RETRY_LIMIT, FAULTS);
        return new Replica(config, clock, progress, work, beside, freshness);
    }

    /** Fails with the agent, and stays open if that ends in order. */
    private static CompletableFuture<?> failureOf(AgentRunner agent) {
        return agent.ended().thenCompose(nothing -> new CompletableFuture<>());
    }

    /**
     * Checks a configuration against Kafka and the consumer's database, without changing anything.
     *
     * @param toCome topics that need not be there yet, since the first start of their relay makes them
     * @param expected what the values of streams will look like, by stream: tables are compared with it where the topic is
     *     not there yet; a table for a stream of which neither is known is not compared
     * @return everything that is wrong, each with the way out; empty if all fits
     * @throws InterruptedException if the thread is interrupted
     */
    public static List<String> check(
            ReplicaConfig config, Set<String> toCome, Map<String, SchemaRecord> expected, Clock clock)
            throws InterruptedException {
        return new ReplicaAdmin(config, expected).check(new KafkaReaders(config, clock), toCome);
    }

    /**
     * Checks the part of a configuration that the consumer's database can answer, without asking Kafka.
     *
     * @param expected what the values of streams look like, by stream, as far as it is known; tables are compared with it
     * @return everything that is wrong, each with the way out
     * @throws InterruptedException if the thread is interrupted
     */
    public static List<String> checkDatabase(ReplicaConfig config, Map<String, SchemaRecord> expected)
            throws InterruptedException {
        return new ReplicaAdmin(config, expected).checkDatabase();
    }

    /**
     * Returns what {@link #remove} will do, one action a line, each beginning with a verb; empty if the database knows nothing
     * of the replica.
     *
     * @param config the replica
     * @param tables whether the copied tables are to be dropped too
     * @throws FreshetException if the database refuses
     */
    public static List<String> describeRemoval(ReplicaConfig config, boolean tables) {
        return new ReplicaRemoval(config).describe(tables);
    }

    /**
     * Takes a replica's state away, and its tables if asked to, in one transaction. Its consumer group needs no removal:
     * positions are kept beside the copies, and Kafka forgets a group without members and offsets by itself.
     *
     * @param config the replica
     * @param tables whether the tables that the replica has filled are dropped too; a table that it did not fill never is
     * @throws ConfigurationException if an instance is at work, or other objects depend on a table that is to be dropped
     * @throws FreshetException if the database refuses
     */
    public static void remove(ReplicaConfig config, boolean tables) {
        new ReplicaRemoval(config).remove(tables);
    }

    /** Returns the replica's name. */
    public String name() {
        return config.name();
    }

    /** Returns how it is doing. */
    public ReplicaStatus status() {
        ReplicaStatus.State state = progress.state();
        @Nullable String reason = progress.reason();
        if (ended.isDone()) {
            state = ReplicaStatus.State.STOPPED;
            reason = whyEnded();
        }
        Map<String, Freshness> found = new TreeMap<>(progress.freshness());
        boolean complete =
                !found.isEmpty() && (state == ReplicaStatus.State.RUNNING || state == ReplicaStatus.State.STANDBY);
        @Nullable Long oldest = null;
        @Nullable String position = null;
        List<String> reasons = new ArrayList<>();
        long behind = 0;
        boolean known = !found.isEmpty();
        boolean recent = known;
        Instant now = clock.instant();
        for (Freshness f : found.values()) {
            boolean expired = f.at().plus(config.limits().freshnessValid()).isBefore(now);
            complete &= f.complete() && !expired;
            recent &= !expired;
            behind += f.changesBehind();
            if (f.why() != null) {
                reasons.add(f.why().text());
            } else if (expired) {
                reasons.add("its freshness was last found at " + f.at()
                        + ": Kafka or its database may be away, see the log");
            }
            if (position == null && f.position() != null) {
                position = f.position().toString();
            }
            Instant to = f.completeTo();
            if (to == null) {
                known = false;
            } else {
                long age = Math.max(0, Duration.between(to, now).toMillis());
                oldest = oldest == null ? age : Math.max(oldest, age);
            }
        }
        if (reason == null && !reasons.isEmpty()) {
            // a stream that is missing is told of every source
            reason = reasons.stream().distinct().collect(Collectors.joining("; "));
        }
        List<ReplicaStatus.PartitionStatus> partitions = new ArrayList<>();
        for (Owned o : progress.partitions()) {
            partitions.add(new ReplicaStatus.PartitionStatus(
                    o.stream(), o.partition(), o.nextOffset(), o.position().toString(), o.stopped()));
        }
        return new ReplicaStatus(
                config.name(),
                state,
                reason,
                position,
                known ? oldest : null,
                recent ? behind : -1,
                complete,
                progress.isCaughtUp(),
                progress.applied(),
                rate.rate(now, progress.applied() + progress.fillRows()),
                progress.fillRows(),
                config.consistency(),
                progress.activeInstance(),
                progress.parkedKeys(),
                partitions);
    }

    /**
     * Returns when the slower of applying and finding the freshness last came back from a piece of work: whether it still
     * moves. The filling, which may build an index for long, does not count.
     */
    public Instant lastMoved() {
        Instant a = work.lastReturn();
        Instant b = freshness.lastReturn();
        return a.isBefore(b) ? a : b;
    }

    private String whyEnded() {
        return ended.handle((nothing, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return cause == null ? "it was closed" : String.valueOf(cause.getMessage());
                })
                .join();
    }

    /**
     * Returns its end: normal after {@link #close}, or with the failure that ended the applying, the filling or the finding of
     * freshness. The others go on until it is closed.
     */
    public CompletableFuture<?> ended() {
        return ended.copy();
    }

    /** Returns whether it is at work; it is not after it was closed or has stopped for good. */
    public boolean isRunning() {
        return work.isRunning() && beside.isRunning() && freshness.isRunning();
    }

    /** Ends the instance; its partitions go to the others at once. */
    @Override
    public void close() {
        work.close();
        beside.close();
        freshness.close();
    }
}
