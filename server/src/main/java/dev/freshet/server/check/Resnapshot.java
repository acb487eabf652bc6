package dev.freshet.server.check;

import dev.freshet.model.ConfigurationException;
import dev.freshet.relay.RelayResnapshot;
import dev.freshet.relay.RelayResnapshot.Options;
import dev.freshet.relay.RelayResnapshot.Plan;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.StreamConfig;
import dev.freshet.server.config.Suggestion;
import dev.freshet.server.run.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Has the rows of a stream, or of a source's streams, read anew: plans it, then carries it out. Belongs to one
 * thread.
 */
public final class Resnapshot implements AutoCloseable {
    private final Configuration config;
    private final InstantSource clock;
    private final KafkaInUse kafka;

    private Resnapshot(Configuration config, InstantSource clock, KafkaInUse kafka) {
        this.config = config;
        this.clock = clock;
        this.kafka = kafka;
    }

    /**
     * Begins it. An embedded Kafka is that of the running server, or is started for the time of the command.
     *
     * @param config the configuration
     * @param dataFolder where an embedded Kafka keeps its data
     * @param clock the time
     */
    public static Resnapshot open(Configuration config, Path dataFolder, InstantSource clock) {
        return new Resnapshot(config, clock, KafkaInUse.open(config, dataFolder));
    }

    /** What is going to be done. */
    public static final class Planned {
        private final RelayResnapshot relay;
        private final Plan plan;

        private Planned(RelayResnapshot relay, Plan plan) {
            this.relay = relay;
            this.plan = plan;
        }

        /** Returns what will be done, one action a line. */
        public List<String> actions() {
            return plan.actions();
        }

        /**
         * Does it, unless something else would be done by now.
         *
         * @throws ConfigurationException if it cannot be done any more
         * @throws dev.freshet.model.RetriableException if it has to be planned again, which the message tells
         */
        public void carryOut() {
            relay.carryOut(plan);
        }
    }

    /**
     * Finds out how a stream's rows are read anew, or how that goes on otherwise.
     *
     * @throws ConfigurationException if the stream is not captured here, or it cannot be done
     */
    public Planned ofStream(String stream, Options options) {
        RelayResnapshot relay = relay(sourceOf(stream));
        return new Planned(relay, relay.planStream(stream, options));
    }

    /**
     * Finds out how the rows of all of a source's streams are read anew, after a loss with a new slot.
     *
     * @throws ConfigurationException if the configuration has no such source, or it cannot be done
     */
    public Planned ofSource(String source, Options options) {
        RelayResnapshot relay = relay(source(source));
        return new Planned(relay, relay.planSource(options));
    }

    private RelayResnapshot relay(SourceConfig source) {
        return new RelayResnapshot(Settings.relay(config, source, kafka.settings()), clock);
    }

    private SourceConfig source(String name) {
        SourceConfig source = config.sources().get(name);
        if (source == null) {
            throw unknown("source", name, config.sources().keySet());
        }
        return source;
    }

    private SourceConfig sourceOf(String name) {
        StreamConfig stream = config.streams().get(name);
        if (stream == null) {
            throw unknown("stream", name, config.streams().keySet());
        }
        StreamConfig.Capture capture = stream.capture();
        if (capture == null) {
            throw new ConfigurationException("The stream '" + name
                    + "' is captured by another Freshet; have it read anew there, with that one's configuration");
        }
        return source(capture.source());
    }

    private static ConfigurationException unknown(String kind, String name, Set<String> known) {
        return new ConfigurationException("The configuration has no " + kind + " '" + name + "'"
                + (known.isEmpty() ? "" : " (" + kind + "s: " + String.join(", ", known) + ")")
                + ". Nothing was changed" + Suggestion.of(name, known));
    }

    @Override
    public void close() {
        kafka.close();
    }
}
