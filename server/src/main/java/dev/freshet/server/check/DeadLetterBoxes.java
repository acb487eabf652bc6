package dev.freshet.server.check;

import dev.freshet.letters.LetterReader;
import dev.freshet.letters.Letters;
import dev.freshet.letters.PlainLetters;
import dev.freshet.model.ConfigurationException;
import dev.freshet.relay.RelayLetters;
import dev.freshet.relay.RelaySettings;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ReplicaConfig;
import dev.freshet.server.config.SourceConfig;
import dev.freshet.server.config.Suggestion;
import dev.freshet.server.run.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The topics of dead letters of a configuration, for an operator's commands. Belongs to one thread. */
public final class DeadLetterBoxes implements AutoCloseable {
    private final Configuration config;
    private final InstantSource clock;
    private final KafkaInUse kafka;

    private DeadLetterBoxes(Configuration config, InstantSource clock, KafkaInUse kafka) {
        this.config = config;
        this.clock = clock;
        this.kafka = kafka;
    }

    /**
     * Opens them. An embedded Kafka is that of the running server, or is started for the time of the command.
     *
     * @param config the configuration
     * @param dataFolder where an embedded Kafka keeps its data
     * @param clock the time
     */
    public static DeadLetterBoxes open(Configuration config, Path dataFolder, InstantSource clock) {
        return new DeadLetterBoxes(config, clock, KafkaInUse.open(config, dataFolder));
    }

    /**
     * A topic of dead letters.
     *
     * @param name the source or replica whose letters they are; the topic, of one that the configuration does not know
     * @param topic the topic
     * @param letters deals with them
     */
    public record Box(String name, String topic, Letters letters) {}

    /** Returns the boxes of the sources that have streams of events, and of the replicas that name a topic. */
    public List<Box> all() {
        List<Box> boxes = new ArrayList<>();
        Map<String, String> clients = kafka.settings();
        for (SourceConfig source : config.sources().values()) {
            RelaySettings relay =
                    config.streamsOf(source.name()).isEmpty() ? null : Settings.relay(config, source, clients);
            if (relay != null && relay.takesEvents()) {
                boxes.add(new Box(source.name(), relay.events().deadLetterTopic(), new RelayLetters(relay, clock)));
            }
        }
        for (ReplicaConfig replica : config.replicas().values()) {
            String topic = replica.deadLetterTopic();
            if (topic != null) {
                boxes.add(new Box(replica.name(), topic, new PlainLetters(topic, clients, clock)));
            }
        }
        return boxes;
    }

    /**
     * Returns one box.
     *
     * @param name a source or replica; null for the only one that there is
     * @throws ConfigurationException if there is none, or there are several to choose from
     */
    public Box one(@Nullable String name) {
        List<Box> boxes = all();
        List<String> names = boxes.stream().map(Box::name).toList();
        if (name == null && boxes.size() == 1) {
            return boxes.get(0);
        }
        return boxes.stream()
                .filter(box -> box.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(
                        boxes.isEmpty()
                                ? "The configuration has no dead letters: no source has a stream with events: true, and no replica"
                                        + " a dead-letter-topic. Name a topic with --topic"
                                : name == null
                                        ? "The configuration has several topics of dead letters: name one with --of ("
                                                + String.join(", ", names) + ")"
                                        : "The configuration has no dead letters of '" + name + "' (those of: "
                                                + String.join(", ", names) + ")" + Suggestion.of(name, names)));
    }

    /** Returns the box of a topic that the configuration need not know, such as that of who publishes without a relay. */
    public Box ofTopic(String topic) {
        return all().stream()
                .filter(box -> box.topic().equals(topic))
                .findFirst()
                .orElseGet(() -> new Box(topic, topic, new PlainLetters(topic, kafka.settings(), clock)));
    }

    /** Opens a box to read it. */
    public LetterReader read(Box box) {
        return LetterReader.open(box.topic(), kafka.settings(), clock);
    }

    @Override
    public void close() {
        kafka.close();
    }
}
