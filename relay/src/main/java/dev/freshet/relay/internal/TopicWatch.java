package dev.freshet.relay.internal;

import dev.freshet.model.FreshetException;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicsSeen;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the topics beside the relay, so that Kafka's answers never hold up a change. Looks only while a relay leads,
 * which it tells by {@link #lead}.
 *
 * <p>Implementation note. The offsets that a topic must have are those of a boundary that was durable before the look
 * began, so that a topic that is whole never seems too short.
 */
public final class TopicWatch implements Agent {
    /** How soon is looked again while something is in doubt. */
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final Mailbox<Watched, Seen> mailbox = new Mailbox<>();
    private @Nullable TopicStore store;
    private Instant lastLook = Instant.MIN;

    /** Creates a watch that waits for a leader. */
    public TopicWatch(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
    }

    /**
     * What the topics are compared with.
     *
     * @param boundary a durable boundary
     * @param streams the streams as the durable ledger has them
     * @param doubted whether something is in doubt, so that the next look is wanted soon, whatever the last one gave
     */
    record Watched(Boundary boundary, List<StreamEntry> streams, boolean doubted) {}

    /**
     * What one look gave.
     *
     * @param watched what the topics were compared with
     * @param looked the streams whose topics were looked at
     * @param ledger the ledger's topic; null if there is none
     * @param troubles by stream, what seems wrong with its topic
     * @param contradictions settings of topics that contradict, a sentence for each
     * @param failure why the topics could not be looked at; null if they were
     */
    record Seen(
            Watched watched,
            List<StreamSettings> looked,
            @Nullable TopicState ledger,
            Map<String, TopicTrouble> troubles,
            List<String> contradictions,
            @Nullable String failure) {}

    /** Begins, or goes on, to compare the topics with this. Called by the relay's thread. */
    void lead(Watched with) {
        mailbox.ask(with);
    }

    /** Stops to look and forgets what was seen. Called by the relay's thread. */
    void rest() {
        mailbox.rest();
    }

    /** Returns what the newest look gave, once. Called by the relay's thread. */
    @Nullable
    Seen take() {
        return mailbox.take();
    }

    @Override
    public String name() {
        return "topics/" + settings.source();
    }

    @Override
    public int doWork() {
        Mailbox.Asked<Watched> asked = mailbox.asked();
        Instant now = clock.instant();
        if (asked == null || now.isBefore(lastLook.plus(pause(asked.question())))) {
            return 0;
        }
        lastLook = now;
        mailbox.answer(asked, lookAt(asked.question()));
        return 1;
    }

    private Duration pause(Watched with) {
        Duration interval = settings.topicCheckInterval();
        return with.doubted() && NEXT_LOOK.compareTo(interval) < 0 ? NEXT_LOOK : interval;
    }

    private Seen lookAt(Watched with) {
        Map<String, StreamEntry> entries = new HashMap<>();
        for (StreamEntry entry : with.streams()) {
            if (entry.status().isClaimed()) {
                entries.put(entry.stream(), entry);
            }
        }
        List<StreamSettings> streams = settings.streams().stream()
                .filter(s -> entries.containsKey(s.name()))
                .toList();
        try {
            TopicStore topics = store;
            if (topics == null) {
                topics = ports.openStore();
                store = topics;
            }
            return compare(with, entries, streams, topics.look(streams));
        } catch (FreshetException e) {
            return new Seen(with, streams, null, Map.of(), List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static Seen compare(
            Watched with, Map<String, StreamEntry> entries, List<StreamSettings> streams, TopicsSeen seen) {
        Map<String, TopicTrouble> troubles = new HashMap<>();
        List<String> contradictions = new ArrayList<>();
        if (seen.ledger() != null) {
            contradictions.addAll(seen.ledger().contradictions());
        }
        for (StreamSettings stream : streams) {
            StreamEntry entry = Objects.requireNonNull(entries.get(stream.name()));
            TopicState state = seen.streams().get(stream.name());
            TopicTrouble trouble =
                    TopicTrouble.of(entry, state, with.boundary().offsets().get(entry.topic()));
            if (trouble != null) {
                troubles.put(stream.name(), trouble);
            } else if (state != null) {
                contradictions.addAll(state.contradictions());
            }
        }
        return new Seen(with, streams, seen.ledger(), troubles, contradictions, null);
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
