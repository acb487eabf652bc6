package dev.freshet.server.check;

import dev.freshet.server.config.Configuration;
import dev.freshet.server.run.OwnKafka;
import dev.freshet.server.run.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka that an operator's command works on: the configured one, or for an embedded one that of the running server, else
 * one that is started for the time of the command. Belongs to one thread.
 */
final class KafkaInUse implements AutoCloseable {
    private final Configuration config;
    private final @Nullable OwnKafka embedded;

    private KafkaInUse(Configuration config, @Nullable OwnKafka embedded) {
        this.config = config;
        this.embedded = embedded;
    }

    /**
     * Finds or starts it.
     *
     * @param dataFolder where an embedded Kafka keeps its data
     */
    static KafkaInUse open(Configuration config, Path dataFolder) {
        return new KafkaInUse(config, config.kafka().embedded() ? OwnKafka.findOrStart(dataFolder) : null);
    }

    /** Returns the settings for clients. */
    Map<String, String> settings() {
        String servers = embedded == null ? config.kafka().bootstrapServers() : embedded.bootstrapServers();
        return Settings.kafka(config.kafka(), servers);
    }

    /** Returns the folder of a running server's embedded Kafka; null if there is none. */
    @Nullable
    Path folderOfServer() {
        return embedded != null && embedded.isOfAServer() ? embedded.folder() : null;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
