package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.stream.AssignmentListener;
import dev.freshet.stream.MissingRecordsException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.StreamRecord;
import dev.freshet.stream.TopicAnswers;
import dev.freshet.stream.TopicFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A consumer of the simulated cluster. */
final class SimStreamReader implements StreamReader {
    private static final int MOST = 6;

    /** For so long answers count without {@link Rules.Rule#PROVE_THE_TOPIC_READ}: longer than between two looks of a copy. */
    private static final Duration ANSWERS_COUNT = Duration.ofSeconds(3);

    private record Answer(String id, Instant at) {}

    private final SimKafka kafka;
    private final @Nullable SimGroup group;
    private final SimProcess process;
    private final Random random;
    private final Rules rules;
    private final Map<Partition, Long> at = new TreeMap<>();
    private final Map<Partition, Long> passed = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Set<Partition> paused = new HashSet<>();
    private final Set<Partition> unstarted = new TreeSet<>();
    private Set<String> topics = Set.of();
    private @Nullable AssignmentListener listener;

    SimStreamReader(SimKafka kafka, @Nullable SimGroup group, SimProcess process, Random random, Rules rules) {
        this.kafka = kafka;
        this.group = group;
        this.process = process;
        this.random = random;
        this.rules = rules;
    }

    private void call() {
        if (process.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The brokers are away");
        }
    }

    boolean isDead() {
        return process.isDead();
    }

    boolean isOf(SimProcess one) {
        return process == one;
    }

    Set<String> subscribed() {
        return topics;
    }

    @Override
    public void subscribe(Set<String> wanted, AssignmentListener asked) {
        topics = Set.copyOf(wanted);
        listener = asked;
        Objects.requireNonNull(group).join(this);
    }

    @Override
    public void assign(Map<Partition, Long> starts) {
        at.clear();
        passed.clear();
        at.putAll(starts);
        passed.putAll(starts);
    }

    @Override
    public StreamBatch poll(Duration wait) {
        call();
        AssignmentListener asked = listener;
        if (group != null && asked != null) {
            follow(group, asked);
        }
        List<StreamRecord> records = new ArrayList<>();
        Map<Partition, Long> moved = new HashMap<>();
        Set<Partition> missing = new TreeSet<>();
        for (Map.Entry<Partition, Long> e : at.entrySet()) {
            Partition p = e.getKey();
            List<SimLog> logs = kafka.topics.get(p.topic());
            if (paused.contains(p) || logs == null || p.number() >= logs.size()) {
                continue;
            }
            SimLog log = logs.get(p.number());
            if (e.getValue() > log.size()) {
                missing.add(p);
                continue;
            }
            read(p, log, e.getValue(), records, moved);
        }
        if (!missing.isEmpty()) {
            throw new MissingRecordsException(missing, "The records of " + missing + " are missing", null);
        }
        at.putAll(moved);
        if (rules.hold(Rules.Rule.PASS_BY_POSITION)) {
            passed.putAll(moved);
            return new StreamBatch(records, moved);
        }
        Map<Partition, Long> byRecord = new HashMap<>();
        records.forEach(r -> byRecord.put(r.partition(), r.offset() + 1));
        passed.putAll(byRecord);
        return new StreamBatch(records, byRecord);
    }

    private void read(Partition p, SimLog log, long from, List<StreamRecord> records, Map<Partition, Long> moved) {
        long end = Math.min(log.stable(), from + 1 + random.nextInt(MOST));
        if (end <= from) {
            return;
        }
        for (long offset = from; offset < end; offset++) {
            SimLog.Rec r = log.records().get((int) offset);
            String key = r.key();
            if (key == null || !r.committed() || r.gone() || !counts(p, r)) {
                continue;
            }
            records.add(new StreamRecord(
                    p,
                    offset,
                    r.at().toEpochMilli(),
                    key.getBytes(StandardCharsets.UTF_8),
                    r.value(),
                    r.op(),
                    position(log, (int) offset, r),
                    r.schema(),
                    false));
        }
        moved.put(p, end);
    }

    /** Without the rule, a record that is not above an earlier one looks as if it were. */
    private Position position(SimLog log, int offset, SimLog.Rec r) {
        if (rules.hold(Rules.Rule.DROP_SEEN_POSITIONS)) {
            return r.position();
        }
        Position highest = Position.ZERO;
        int repeated = 0;
        for (SimLog.Rec before : log.records().subList(0, offset)) {
            if (before.committed() && before.position().isAfter(highest)) {
                highest = before.position();
            } else if (before.committed()) {
                repeated++;
            }
        }
        return r.position().isAfter(highest) ? r.position() : highest.withSub(highest.sub() + repeated + 1);
    }

    /** Without a count of its own, a fill drops what the copy has seen before. */
    private boolean counts(Partition p, SimLog.Rec r) {
        return group != null
                || rules.hold(Rules.Rule.COUNT_PER_FILL)
                || r.position().isAfter(process.seenBefore(p));
    }

    private void follow(SimGroup group, AssignmentListener asked) {
        if (!group.has(this)) {
            if (random.nextBoolean()) {
                // nobody has told it yet; what it has fetched it gives out
                return;
            }
            Set<Partition> lost = new TreeSet<>(at.keySet());
            lost.addAll(unstarted);
            at.clear();
            passed.clear();
            paused.clear();
            unstarted.clear();
            group.join(this);
            if (!lost.isEmpty()) {
                asked.lost(lost);
            }
        }
        Set<Partition> gone = group.toGiveUp(this);
        if (!gone.isEmpty()) {
            forget(gone);
            asked.revoked(gone);
            group.gaveUp(gone);
        }
        unstarted.addAll(group.take(this));
        if (!unstarted.isEmpty()) {
            Set<Partition> fresh = Set.copyOf(unstarted);
            Map<Partition, Long> starts = asked.assigned(fresh);
            unstarted.clear();
            at.putAll(starts);
            passed.putAll(starts);
        }
    }

    private void forget(Set<Partition> gone) {
        at.keySet().removeAll(gone);
        passed.keySet().removeAll(gone);
        paused.removeAll(gone);
        unstarted.removeAll(gone);
    }

    @Override
    public Set<Partition> assignment() {
        return Set.copyOf(at.keySet());
    }

    @Override
    public long position(Partition partition) {
        Long offset = passed.get(partition);
        if (offset == null) {
            throw new IllegalStateException("Partition " + partition + " is not assigned to this reader");
        }
        return offset;
    }

    @Override
    public void seek(Partition partition, long offset) {
        at.put(partition, offset);
        passed.put(partition, offset);
    }

    @Override
    public void pause(Collection<Partition> which) {
        paused.addAll(which);
    }

    @Override
    public void resume(Collection<Partition> which) {
        paused.removeAll(which);
    }

    @Override
    public Map<String, OffsetVector> endOffsets(Set<String> wanted) {
        call();
        kafka.requireAnswers();
        Map<String, OffsetVector> ends = new HashMap<>();
        for (String topic : wanted) {
            List<SimLog> logs = kafka.topics.get(topic);
            if (logs == null) {
                throw new RetriableException("There is no topic " + topic);
            }
            ends.put(topic, OffsetVector.of(logs.stream().mapToLong(this::end).toArray()));
        }
        return ends;
    }

    private long end(SimLog log) {
        return rules.hold(Rules.Rule.FILL_TO_WHAT_WAS_WRITTEN) ? log.size() : 0;
    }

    @Override
    public TopicAnswers describe(Set<String> wanted, Set<String> others) {
        call();
        kafka.requireAnswers();
        Map<String, TopicFacts> facts = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Set<String> all = new TreeSet<>(wanted);
        all.addAll(others);
        all.retainAll(kafka.topics.keySet());
        for (String topic : all) {
            String id = id(topic);
            ids.put(topic, id);
            if (wanted.contains(topic)) {
                facts.put(topic, facts(topic, id));
            }
        }
        String ledger = kafka.settings.ledger();
        if (others.contains(ledger) && kafka.ledgerId != null) {
            ids.put(ledger, kafka.ledgerId);
        }
        return new TopicAnswers(facts, ids);
    }

    private String id(String topic) {
        if (!rules.hold(Rules.Rule.REFILL_WHEN_TOPIC_MADE_AGAIN)) {
            return "id";
        }
        String id = Objects.requireNonNull(kafka.ids.get(topic));
        if (rules.hold(Rules.Rule.PROVE_THE_TOPIC_READ)) {
            return id;
        }
        Answer former = answers.get(topic);
        if (former == null || !kafka.now().isBefore(former.at().plus(ANSWERS_COUNT))) {
            former = new Answer(id, kafka.now());
            answers.put(topic, former);
        }
        return former.id();
    }

    private TopicFacts facts(String topic, String id) {
        TopicFacts facts = kafka.facts(topic);
        return new TopicFacts(
                topic,
                id,
                facts.partitions(),
                rules.hold(Rules.Rule.REFILL_BEHIND_COMPACTION) ? facts.minCompactionLag() : Duration.ofDays(365),
                rules.hold(Rules.Rule.REFILL_BEHIND_TOMBSTONES) ? facts.deleteRetention() : Duration.ofDays(365));
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {
        if (group != null && group.has(this)) {
            group.leave(this);
        }
        topics = Set.of();
    }
}
