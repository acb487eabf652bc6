package dev.freshet.relay;

import dev.freshet.capture.Source;
import dev.freshet.model.FreshetException;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.port.TopicStore;
import java.util.ArrayList;
import java.util.List;

/** Looks for what would keep a relay from starting, without changing anything. */
public final class RelayCheck {
    private RelayCheck() {}

    /**
     * Asks the source and the cluster.
     *
     * @param settings the relay's settings
     * @param source the source, not closed here
     * @return every problem found, each with the way out; empty if the relay can start
     */
    public static List<String> run(RelaySettings settings, Source source) {
        List<String> problems = new ArrayList<>();
        try {
            problems.addAll(source.check(
                    settings.streams().stream().map(StreamSettings::capture).toList()));
        } catch (FreshetException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        try (TopicStore store = KafkaTopicStore.create(settings)) {
            problems.addAll(store.checkCluster());
            for (StreamSettings stream : settings.streams()) {
                problems.addAll(store.checkTopic(stream));
            }
        } catch (FreshetException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }
}
