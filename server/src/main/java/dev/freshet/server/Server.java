package dev.freshet.server;

import dev.freshet.model.agent.AgentRunner;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.http.HttpApi;
import dev.freshet.server.run.Parts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Freshet: the relays and replicas of a configuration, each kept going on its own, and their status over HTTP.
 *
 * <p>A part that fails is reported by {@link #status()} and does not stop the others. All methods may be called by any
 * thread.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration LOOK_AFTER = Duration.ofMillis(200);

    private final Parts parts;
    private final AgentRunner keeper;
    private final HttpApi http;

    private Server(Parts parts, AgentRunner keeper, HttpApi http) {
        this.parts = parts;
        this.keeper = keeper;
        this.http = http;
    }

    /**
     * Starts a server. Returns once HTTP answers and, for an embedded Kafka, that is up; the parts come up by themselves.
     *
     * @param config what runs
     * @param dataFolder where an embedded Kafka keeps its data
     * @param clock the time
     * @throws dev.freshet.model.ConfigurationException if the HTTP port cannot be had
     */
    public static Server start(Configuration config, Path dataFolder, Clock clock) {
        Instant startedAt = clock.instant();
        Parts parts = Parts.create(config, dataFolder, startedAt, clock);
        try {
            HttpApi http = HttpApi.start(
                    config.http(),
                    parts::status,
                    () -> parts.stuck(config.http().liveLimit()));
            LOG.info("Status at http://{}:{}/status", config.http().host(), http.port());
            AgentRunner keeper =
                    AgentRunner.start(parts, clock, LOOK_AFTER, LOOK_AFTER, e -> LOG.warn("{}", e.getMessage()));
            return new Server(parts, keeper, http);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Returns what the server does now. */
    public ServerStatus status() {
        return parts.status();
    }

    /** Returns the parts that have not moved for the time, each a sentence; empty if all move. */
    public List<String> stuck(Duration limit) {
        return parts.stuck(limit);
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
