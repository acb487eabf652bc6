package dev.freshet.server.check;

import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.relay.RelayRemoval;
import dev.freshet.replica.Replica;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.StreamConfig;
import dev.freshet.server.config.Suggestion;
import dev.freshet.server.run.Settings;
import dev.freshet.server.run.Sources;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes a source, a stream or a replica away, with all that was made for it in databases and Kafka: describes what it will
 * do, then does it. Belongs to one thread.
 */
public final class Removal implements AutoCloseable {
    private final Configuration config;
    private final InstantSource clock;
    private final KafkaInUse kafka;

    private Removal(Configuration config, InstantSource clock, KafkaInUse kafka) {
        this.config = config;
        this.clock = clock;
        this.kafka = kafka;
    }

    /**
     * Begins a removal. An embedded Kafka is that of the running server, or is started for the time of the removal.
     *
     * @param config the configuration
     * @param dataFolder where an embedded Kafka keeps its data
     * @param clock the time
     */
    public static Removal open(Configuration config, Path dataFolder, InstantSource clock) {
        return new Removal(config, clock, KafkaInUse.open(config, dataFolder));
    }

    /** What is taken away. */
    public enum Kind {
        /** A source: slot, publication, its streams' topics, ledger. */
        SOURCE,
        /** A stream: its topic and its entry in the ledger. */
        STREAM,
        /** A replica: its state and, if asked for, its tables. */
        REPLICA
    }

    /**
     * Returns what a removal will do, one action a line; empty if there is nothing.
     *
     * @param kind what kind of thing
     * @param name its name
     * @param tables of a replica, whether the tables that it has filled are dropped as well
     * @throws ConfigurationException if the configuration does not have it; a stream: nor a ledger of its sources; or if a
     *     server with an embedded Kafka runs, unless it is a stream
     */
    public List<String> describe(Kind kind, String name, boolean tables) {
        return switch (kind) {
            case SOURCE -> withRelay(removable(name), RelayRemoval::describeSource);
            case STREAM -> describeStream(name);
            case REPLICA -> Replica.describeRemoval(replica(name), tables);
        };
    }

    /**
     * Does what {@link #describe} told.
     *
     * @param kind what kind of thing
     * @param name its name
     * @param tables as there
     * @throws ConfigurationException if it is in use
     */
    public void remove(Kind kind, String name, boolean tables) {
        switch (kind) {
            case SOURCE ->
                withRelay(removable(name), r -> {
                    r.removeSource();
                    return null;
                });
            case STREAM -> {
                for (SourceConfig source : sourcesOf(name)) {
                    withRelay(source, r -> {
                        if (!r.describeStream(name).isEmpty()) {
                            r.removeStream(name);
                        }
                        return null;
                    });
                }
            }
            case REPLICA -> Replica.remove(replica(name), tables);
        }
    }

    private List<String> describeStream(String name) {
        List<String> actions = new ArrayList<>();
        Set<String> known = new TreeSet<>(config.streams().keySet());
        for (SourceConfig source : sourcesOf(name)) {
            withRelay(source, r -> {
                actions.addAll(r.describeStream(name));
                known.addAll(r.streams());
                return null;
            });
        }
        if (!known.contains(name)) {
            throw new ConfigurationException("There is no stream '" + name + "', neither in the configuration nor in a"
                    + " ledger of its sources" + list("stream", known) + ". Nothing was removed"
                    + Suggestion.of(name, known));
        }
        return actions;
    }

    private dev.freshet.replica.ReplicaConfig replica(String name) {
        ReplicaConfig replica = config.replicas().get(name);
        if (replica == null) {
            throw unknown("replica", name, config.replicas().keySet());
        }
        refuseBesideServer("Replica '" + name + "'");
        return Settings.replica(config, replica, kafka.settings());
    }

    private SourceConfig removable(String name) {
        SourceConfig source = source(name);
        refuseBesideServer("Source '" + name + "'");
        return source;
    }

    // Readers of a slot and sessions in a database show a running server only while its parts are at work, not between
    // their tries; that it has its Kafka in the folder shows it all the time.
    private void refuseBesideServer(String what) {
        Path folder = kafka.folderOfServer();
        if (folder != null) {
            throw new ConfigurationException(what + " was not removed: stop the server first that has its Kafka in "
                    + folder + ", or it would make everything anew");
        }
    }

    private static ConfigurationException unknown(String kind, String name, Set<String> known) {
        return new ConfigurationException("The configuration has no " + kind + " '" + name + "'"
                + list(kind, known)
                + ", and so not where to remove it; put it back into the file first. Nothing was removed"
                + Suggestion.of(name, known));
    }

    private static String list(String kind, Set<String> known) {
        return known.isEmpty() ? "" : " (" + kind + "s: " + String.join(", ", known) + ")";
    }

    private SourceConfig source(String name) {
        SourceConfig source = config.sources().get(name);
        if (source == null) {
            throw unknown("source", name, config.sources().keySet());
        }
        return source;
    }

    // a stream that is out of the file already may still be in a ledger
    private List<SourceConfig> sourcesOf(String stream) {
        StreamConfig known = config.streams().get(stream);
        if (known == null) {
            return List.copyOf(config.sources().values());
        }
        StreamConfig.Capture capture = known.capture();
        if (capture == null) {
            throw new ConfigurationException("The stream '" + stream
                    + "' is captured by another Freshet; remove it there, with that one's configuration");
        }
        return List.of(source(capture.source()));
    }

    private interface Work<T extends @Nullable Object> {
        T on(RelayRemoval removal);
    }

    private <T extends @Nullable Object> T withRelay(SourceConfig source, Work<T> work) {
        try (Source opened = Sources.of(source, clock).get()) {
            return work.on(new RelayRemoval(Settings.relay(config, source, kafka.settings()), opened, clock));
        }
    }

    @Override
    public void close() {
        kafka.close();
    }
}
