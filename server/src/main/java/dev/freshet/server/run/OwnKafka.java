package dev.freshet.server.run;

import dev.freshet.embedded.DataFolderException;
import dev.freshet.embedded.EmbeddedException;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka of a configuration that says {@code embedded}: one a data folder, which serves whoever finds it there, and ends
 * with the process that has started it.
 */
public final class OwnKafka implements AutoCloseable {
    private static final String SETTING = "kafka.bootstrap-servers is 'embedded': ";

    private final String bootstrapServers;
    private final @Nullable EmbeddedKafka started;

    private OwnKafka(String bootstrapServers, @Nullable EmbeddedKafka started) {
        this.bootstrapServers = bootstrapServers;
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
     * Finds the one that a server runs in the folder, or starts it.
     *
     * @param dataFolder the folder of the configuration
     * @throws ConfigurationException if the folder cannot be used
     * @throws FreshetException if Kafka does not come up
     */
    public static OwnKafka findOrStart(Path dataFolder) {
        Path folder = folder(dataFolder);
        try {
            EmbeddedKafka started = EmbeddedKafka.start(folder);
            return new OwnKafka(started.bootstrapServers(), started);
        } catch (DataFolderException e) {
            Optional<String> address = e.inUse() ? EmbeddedKafka.addressIn(folder) : Optional.empty();
            return new OwnKafka(address.orElseThrow(() -> unusable(e, "")), null);
        } catch (EmbeddedException e) {
            throw new FreshetException(SETTING + e.summary(), e);
        }
    }

    private static ConfigurationException unusable(DataFolderException e, String more) {
        return new ConfigurationException(SETTING + e.getMessage() + more, e);
    }

    private static Path folder(Path dataFolder) {
        return dataFolder.resolve("kafka");
    }

    /** Returns where it is reached. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Ends it if it was started here. */
    @Override
    public void close() {
        if (started != null) {
            started.close();
        }
    }
}
