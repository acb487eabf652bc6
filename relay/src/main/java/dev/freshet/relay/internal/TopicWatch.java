package dev.freshet.relay.internal;

import dev.freshet.model.FreshetException;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the topics beside the relay, so that Kafka's answers never hold up a change. Looks only while a relay leads,
 * which it tells by {@link #lead}.
 *
 * <p>Implementation note. The offsets that a topic must have are those of a boundary that was durable before the look
 * began, so that a topic that is whole never seems too short. A broker that lags behind does not know a new topic yet, or
 * still has one of the same name that was deleted: what is wrong counts only when a second look, a pause later, says the
 * same, since a stream that is broken by mistake would have to be begun anew.
 */
public final class TopicWatch implements Agent {
    private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

    private final RelaySettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final AtomicReference<@Nullable Seen> newest = new AtomicReference<>();
    private volatile @Nullable Watched watched;
    private volatile @Nullable RuntimeException failure;
    private @Nullable TopicStore store;
    private Instant nextLook = Instant.MIN;
    private Set<String> suspected = Set.of();
    private @Nullable LeaderSession suspectedFor;

    /** Creates a watch that waits for a leader. */
    public TopicWatch(RelaySettings settings, Ports ports, InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
    }

    /**
     * What the topics are compared with.
     *
     * @param leader whose time as the leader it is
     * @param boundary a durable boundary
     * @param streams the streams as the durable ledger has them
     */
    record Watched(LeaderSession leader, Boundary boundary, List<StreamEntry> streams) {}

    /**
     * What one look gave.
     *
     * @param watched what the topics were compared with
     * @param troubles by stream, what has become of its topic
     * @param contradictions settings of topics that contradict, a sentence for each
     * @param whole whether nothing is wrong with any topic that was looked at, or seems so
     * @param failure why the topics could not be looked at; null if they were
     */
    record Seen(
            Watched watched,
            Map<String, String> troubles,
            List<String> contradictions,
            boolean whole,
            @Nullable String failure) {}

    /** Begins, or goes on, to compare the topics with this. Called by the relay's thread. */
    void lead(Watched with) {
        watched = with;
    }

    /** Stops to look and forgets what was seen. Called by the relay's thread. */
    void rest() {
        watched = null;
        newest.set(null);
    }

    /**
     * Returns what the newest look gave, once. It may be of a leader that has ended since. Called by the relay's thread.
     */
    @Nullable
    Seen take() {
        return newest.getAndSet(null);
    }

    /** Returns what ended the watch, or null; then a topic that is made again is not noticed. Called by the relay's thread. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    @Override
    public String name() {
        return "topics/" + settings.source();
    }

    @Override
    public int doWork() {
        Watched with = watched;
        Instant now = clock.instant();
        if (with == null || now.isBefore(nextLook)) {
            return 0;
        }
        nextLook = now.plus(settings.topicCheckInterval());
        try {
            newest.set(look(with));
        } catch (FreshetException e) {
            newest.set(new Seen(with, Map.of(), List.of(), false, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
        if (!suspected.isEmpty()) {
            nextLook = now.plus(min(SECOND_LOOK, settings.topicCheckInterval()));
        }
        return 1;
    }

    private Seen look(Watched with) {
        TopicStore topics = store;
        if (topics == null) {
            topics = ports.openStore();
            store = topics;
        }
        List<StreamSettings> streams = new ArrayList<>();
        Map<String, StreamEntry> entries = new HashMap<>();
        for (StreamEntry entry : with.streams()) {
            if (entry.status() == StreamStatus.RUNNING || entry.status() == StreamStatus.SNAPSHOTTING) {
                entries.put(entry.stream(), entry);
            }
        }
        settings.streams().stream().filter(s -> entries.containsKey(s.name())).forEach(streams::add);
        return judge(with, entries, streams, topics.look(streams));
    }

    private Seen judge(
            Watched with,
            Map<String, StreamEntry> entries,
            List<StreamSettings> streams,
            Map<String, TopicState> states) {
        Set<String> before = suspectedFor == with.leader() ? suspected : Set.of();
        Set<String> wrong = new HashSet<>();
        Map<String, String> troubles = new HashMap<>();
        List<String> contradictions = new ArrayList<>();
        for (StreamSettings stream : streams) {
            StreamEntry entry = Objects.requireNonNull(entries.get(stream.name()));
            TopicState state = states.get(stream.name());
            OffsetVector vector = with.boundary().offsets().get(entry.topic());
            String trouble = TopicTrouble.of(entry, state, vector);
            if (trouble == null) {
                contradictions.addAll(state == null ? List.of() : state.contradictions());
                continue;
            }
            wrong.add(stream.name());
            if (before.contains(stream.name())) {
                troubles.put(stream.name(), trouble);
            }
        }
        suspected = wrong;
        suspectedFor = with.leader();
        return new Seen(with, troubles, contradictions, wrong.isEmpty(), null);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
