package dev.freshet.server.check;

import dev.freshet.model.FreshetException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.run.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Looks into the ledgers of a configuration's sources for streams that are broken or no longer captured. They do not keep
 * {@code run} from starting, but a copy of them is not complete, and only a person can mend that.
 */
public final class StreamsCheck {
    private StreamsCheck() {}

    /**
     * Reads the ledgers, one after the other; what has never run has none.
     *
     * @param config what is to run; an embedded Kafka is not asked: one that runs stands here as {@link
     *     dev.freshet.server.run.OwnKafka#running} tells
     * @return a sentence for each stream that is broken or stopped, with what helps; and for each ledger that cannot be read
     */
    public static List<String> check(Configuration config) {
        if (config.kafka().embedded()) {
            return List.of();
        }
        Map<String, String> kafka =
                Settings.kafka(config.kafka(), config.kafka().bootstrapServers());
        List<String> notes = new ArrayList<>();
        for (SourceConfig source : config.sources().values()) {
            try {
                notes.addAll(troubles(Settings.relay(config, source, kafka)));
            } catch (FreshetException e) {
                notes.add(
                        "The states of the streams of source '" + source.name() + "' are not known: " + e.getMessage());
            }
        }
        return notes;
    }

    private static List<String> troubles(RelaySettings relay) {
        try (TopicStore store = KafkaTopicStore.create(relay)) {
            Cursor cursor = store.find("ledger", relay.ledger()).isPresent()
                    ? store.readLedger().cursor()
                    : null;
            return cursor == null
                    ? List.of()
                    : cursor.streams().values().stream()
                            .map(StreamEntry::trouble)
                            .filter(Objects::nonNull)
                            .toList();
        }
    }
}
