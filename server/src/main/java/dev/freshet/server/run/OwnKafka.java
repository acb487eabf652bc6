package dev.freshet.server.run;

import dev.freshet.embedded.DataFolderException;
import dev.freshet.embedded.EmbeddedException;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.KafkaConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka of a configuration that says {@code embedded}: one a data folder, which serves whoever finds it there, and ends
 * with the process that has started it.
 */
public final class OwnKafka implements AutoCloseable {
    private static final String SETTING = "kafka.bootstrap-servers is 'embedded': ";

    // a server may just be starting
    private static final Duration SEARCH_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final @Nullable EmbeddedKafka started;
    private @Nullable String found;

    private OwnKafka(Path folder, @Nullable EmbeddedKafka started) {
        this.folder = folder;
        this.started = started;
    }

    /**
     * Starts it.
     *
     * @param dataFolder the folder of the configuration, in which Kafka has one of its own
     * @throws ConfigurationException if the folder cannot be used, as when another process has its Kafka there
     * @throws FreshetException if Kafka does not come up
     */
    static EmbeddedKafka start(Path dataFolder) {
        try {
            return EmbeddedKafka.start(folder(dataFolder));
        } catch (DataFolderException e) {
            throw unusable(
                    e,
                    e.inUse()
                            ? ". It means one `freshet run` a folder; several need a Kafka of their own, whose address"
                                    + " stands there"
                            : "");
        } catch (EmbeddedException e) {
            throw new FreshetException(SETTING + e.summary(), e);
        }
    }

    /**
     * Starts it, unless a server has it in the folder: then that one's is meant.
     *
     * @param dataFolder the folder of the configuration
     * @throws ConfigurationException if the folder cannot be used
     * @throws FreshetException if Kafka does not come up
     */
    public static OwnKafka findOrStart(Path dataFolder) {
        Path folder = folder(dataFolder);
        try {
            return new OwnKafka(folder, EmbeddedKafka.start(folder));
        } catch (DataFolderException e) {
            if (!e.inUse()) {
                throw unusable(e, "");
            }
            return new OwnKafka(folder, null);
        } catch (EmbeddedException e) {
            throw new FreshetException(SETTING + e.summary(), e);
        }
    }

    /**
     * Returns the configuration with the address of the Kafka that a server has in the folder in place of {@code embedded};
     * the same one if it is not embedded, or does not run.
     *
     * @param config the configuration
     * @param dataFolder its folder
     * @throws ConfigurationException if what is known of a server's cannot be read
     */
    public static Configuration running(Configuration config, Path dataFolder) {
        if (!config.kafka().embedded()) {
            return config;
        }
        try {
            return EmbeddedKafka.runningIn(folder(dataFolder), Duration.ZERO)
                    .map(address -> new Configuration(
                            new KafkaConfig(address, config.kafka().properties()),
                            config.sources(),
                            config.streams(),
                            config.replicas(),
                            config.http(),
                            config.log()))
                    .orElse(config);
        } catch (DataFolderException e) {
            throw unusable(e, "");
        }
    }

    private static ConfigurationException unusable(DataFolderException e, String more) {
        return new ConfigurationException(SETTING + e.getMessage() + more, e);
    }

    private static Path folder(Path dataFolder) {
        return dataFolder.resolve("kafka");
    }

    /** Returns whether a server had it when it was looked for. */
    public boolean isOfAServer() {
        return started == null;
    }

    /** Returns the folder in which it has its data. */
    public Path folder() {
        return folder;
    }

    /**
     * Returns where it is reached; a server's is waited for. Of one thread.
     *
     * @throws ConfigurationException if what is known of a server's cannot be read
     * @throws RetriableException if a server's does not answer
     */
    public String bootstrapServers() {
        if (started != null) {
            return started.bootstrapServers();
        }
        String address = found;
        if (address == null) {
            address = search();
            found = address;
        }
        return address;
    }

    private String search() {
        try {
            return EmbeddedKafka.runningIn(folder, SEARCH_LIMIT)
                    .orElseThrow(() -> new RetriableException(SETTING + "a server has its Kafka in " + folder
                            + ", which has not answered for " + SEARCH_LIMIT.toSeconds()
                            + " s: wait until that server is ready, or stop it"));
        } catch (DataFolderException e) {
            throw unusable(e, "");
        }
    }

    /** Ends it if it was started here. */
    @Override
    public void close() {
        if (started != null) {
            started.close();
        }
    }
}
