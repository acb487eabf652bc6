package dev.freshet.simulation;

import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicsSeen;
import dev.freshet.simulation.SimLog.Rec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a relay sees of the cluster's topics. */
final class SimTopicStore implements TopicStore {
    private final SimKafka kafka;
    private final Calls calls;
    private final RelayedLedger told;

    SimTopicStore(SimKafka kafka, Calls calls, Rules rules) {
        this.kafka = kafka;
        this.calls = calls;
        this.told = new RelayedLedger(rules);
    }

    private void call() {
        if (calls.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The cluster is away");
        }
    }

    @Override
    public List<String> checkCluster() {
        return List.of();
    }

    @Override
    public TopicsSeen look(Collection<StreamSettings> streams) {
        call();
        kafka.requireAnswers();
        if (kafka.blindLooks > 0) {
            kafka.blindLooks--;
            return new TopicsSeen(null, Map.of());
        }
        Map<String, TopicState> states = new HashMap<>();
        boolean blind = kafka.blindForStreams > 0;
        kafka.blindForStreams -= blind ? 1 : 0;
        for (StreamSettings s : blind ? List.<StreamSettings>of() : streams) {
            find(s.name(), s.topic())
                    .ifPresent(info ->
                            states.put(s.name(), state(info, Objects.requireNonNull(kafka.topics.get(s.topic())))));
        }
        String id = kafka.ledgerId;
        return new TopicsSeen(
                id == null ? null : state(new TopicInfo("ledger", kafka.settings.ledger(), id, 1), kafka.ledger),
                states);
    }

    private static TopicState state(TopicInfo info, List<SimLog> logs) {
        OffsetVector begins = OffsetVector.of(new long[info.partitions()]);
        OffsetVector ends =
                OffsetVector.of(logs.stream().mapToLong(SimLog::size).toArray());
        return new TopicState(info, begins, ends, List.of());
    }

    @Override
    public TopicInfo createLedger() {
        call();
        if (kafka.ledgerId != null) {
            throw new RetriableException("The ledger is there already");
        }
        kafka.ledgerId = "id";
        return new TopicInfo("ledger", kafka.settings.ledger(), "id", 1);
    }

    @Override
    public LedgerContents readLedger() {
        call();
        SimLog log = kafka.ledger.get(0);
        LedgerContents contents = new LedgerContents(log.size());
        for (Rec r : log.records()) {
            if (r.committed() && !r.gone()) {
                contents.put(String.valueOf(r.key()), told.seen(r));
            }
        }
        return contents;
    }

    @Override
    public Optional<TopicInfo> find(String stream, String topic) {
        String ledgerId = kafka.ledgerId;
        if (topic.equals(kafka.settings.ledger())) {
            return ledgerId == null ? Optional.empty() : Optional.of(new TopicInfo(stream, topic, ledgerId, 1));
        }
        List<SimLog> found = kafka.topics.get(topic);
        return found == null
                ? Optional.empty()
                : Optional.of(new TopicInfo(stream, topic, Objects.requireNonNull(kafka.ids.get(topic)), found.size()));
    }

    @Override
    public TopicInfo create(StreamSettings s) {
        call();
        if (kafka.topics.containsKey(s.topic())) {
            throw new RetriableException("The topic is there already");
        }
        return new TopicInfo(s.name(), s.topic(), kafka.create(s.topic(), s.partitions()), s.partitions());
    }

    @Override
    public void delete(Collection<String> names) {
        names.forEach(kafka.topics::remove);
    }

    @Override
    public void close() {}
}
