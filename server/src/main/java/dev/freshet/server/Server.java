package dev.freshet.server;

import dev.freshet.model.agent.AgentRunner;
import dev.freshet.model.agent.FaultLog;
import dev.freshet.model.agent.SteadyClock;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.http.HttpApi;
import dev.freshet.server.run.Parts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Freshet: the relays and replicas of a configuration, each kept going on its own, and their status over HTTP.
 *
 * <p>A part that fails, or does not move, is reported by {@link #status()} and does not stop the others. All methods may be called by any
 * thread.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final FaultLog FAULTS =
            FaultLog.of((message, cause) -> LOG.warn("{}", message), message -> LOG.info("{}", message));
    private static final Duration LOOK_AFTER = Duration.ofMillis(200);

    private final Parts parts;
    private final AgentRunner keeper;
    private final HttpApi http;
    private final Supplier<ServerStatus> status;

    private Server(Parts parts, AgentRunner keeper, HttpApi http, Supplier<ServerStatus> status) {
        this.parts = parts;
        this.keeper = keeper;
        this.http = http;
        this.status = status;
    }

    /**
     * Starts a server. Returns once HTTP answers and, for an embedded Kafka, that is up; the parts come up by themselves. HTTP
     * answers first, so that a second server on the same port touches nothing.
     *
     * @param config what runs
     * @param dataFolder where an embedded Kafka keeps its data
     * @param wall the time; it may be set back and forth
     * @throws dev.freshet.model.ConfigurationException if the HTTP port or the data folder cannot be had
     */
    public static Server start(Configuration config, Path dataFolder, Clock wall) {
        Clock clock = SteadyClock.over(wall);
        Instant startedAt = clock.instant();
        AtomicReference<@Nullable Parts> made = new AtomicReference<>();
        AtomicReference<@Nullable AgentRunner> looksAfter = new AtomicReference<>();
        Supplier<List<String>> stuck =
                () -> stuck(made.get(), looksAfter.get(), config.http().liveLimit(), clock);
        Supplier<ServerStatus> status =
                () -> status(made.get(), config, startedAt).withProblems(stuck.get());
        HttpApi http = HttpApi.start(config.http(), status, stuck);
        try {
            LOG.info("Status at http://{}:{}/status", config.http().host(), http.port());
            Parts parts = Parts.create(config, dataFolder, startedAt, clock);
            made.set(parts);
            AgentRunner keeper = AgentRunner.start(parts, clock, LOOK_AFTER, LOOK_AFTER, FAULTS);
            looksAfter.set(keeper);
            return new Server(parts, keeper, http, status);
        } catch (RuntimeException e) {
            Parts parts = made.get();
            if (parts != null) {
                parts.close();
            }
            http.close();
            throw e;
        }
    }

    private static ServerStatus status(@Nullable Parts parts, Configuration config, Instant startedAt) {
        return parts == null ? Parts.starting(config, startedAt) : parts.status();
    }

    /** Returns what the server does now. */
    public ServerStatus status() {
        return status.get();
    }

    /** Returns what has not moved for the time, each a sentence; empty if all moves. Without a keeper it is only starting. */
    private static List<String> stuck(
            @Nullable Parts parts, @Nullable AgentRunner keeper, Duration limit, Clock clock) {
        List<String> problems = new ArrayList<>(parts == null ? List.of() : parts.stuck(limit));
        if (keeper != null && !keeper.isRunning()) {
            problems.add("The thread that starts failed parts again has ended by a fault of Freshet's own; start the"
                    + " server again, and please report this");
        } else if (keeper != null && keeper.lastReturn().plus(limit).isBefore(clock.instant())) {
            problems.add("The thread that starts failed parts again has not come back from its work since "
                    + keeper.lastReturn());
        }
        return problems;
    }

    /** Returns the port at which HTTP listens. */
    public int httpPort() {
        return http.port();
    }

    /** Returns the Kafka in use, for clients. */
    public String bootstrapServers() {
        return parts.bootstrapServers();
    }

    /** Ends everything in order: replicas, relays, HTTP, an embedded Kafka. Each part has a limited time for it. */
    @Override
    public void close() {
        keeper.close();
        http.close();
    }
}
