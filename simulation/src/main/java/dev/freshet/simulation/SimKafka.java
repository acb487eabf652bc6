package dev.freshet.simulation;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.simulation.SimLog.Fate;
import dev.freshet.simulation.SimLog.Rec;
import dev.freshet.simulation.SimLog.Txn;
import dev.freshet.stream.DeadLetter;
import dev.freshet.stream.Partition;
import dev.freshet.stream.TopicFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The simulated cluster: topics whose records are decided by transactions, with their markers, a fence, and compaction. */
final class SimKafka {
    final RelaySettings settings;
    final InstantSource clock;
    /** What happens while a writer's commit is under way, such as time that passes. */
    Runnable whileCommitting = () -> {};

    final Map<String, List<SimLog>> topics = new HashMap<>();
    final Map<String, String> ids = new HashMap<>();
    Duration minCompactionLag = Duration.ofSeconds(4);
    Duration deleteRetention = Duration.ofSeconds(6);
    /** While set, no question about topics is answered. */
    boolean silent;
    /** How many looks are answered by a broker that does not know the topics yet. */
    int blindLooks;
    /** How many looks are answered by one that knows the ledger alone. */
    int blindForStreams;
    /** How many tombstones were sent for keys that had vanished. */
    int vanished;
    /** Whether topics of streams take no records. */
    boolean refuses;

    final List<DeadLetter> deadLetters = new ArrayList<>();

    final List<SimLog> ledger = List.of(new SimLog());

    @Nullable
    String ledgerId;

    private final Rules rules;
    private @Nullable SimTopicWriter writer;
    private @Nullable Cursor cursor;
    private int cursorAt;

    SimKafka(RelaySettings settings, InstantSource clock) {
        this(settings, clock, Rules.all());
    }

    SimKafka(RelaySettings settings, InstantSource clock, Rules rules) {
        this.settings = settings;
        this.clock = clock;
        this.rules = rules;
    }

    /** Without the rule, records keep the positions of the first epoch. */
    Position position(Position of) {
        return rules.hold(Rules.Rule.NEW_EPOCH) ? of : new Position(1, of.lsn(), of.ordinal(), of.sub());
    }

    Instant now() {
        return clock.instant();
    }

    /** Makes a topic; its id is another one each time. */
    String create(String topic, int partitions) {
        List<SimLog> logs = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            logs.add(new SimLog());
        }
        topics.put(topic, logs);
        return ids.merge(topic, "id", (last, none) -> last + '+');
    }

    /** Returns a partition of a topic as it is now, if there is one. */
    Optional<SimLog> log(Partition p) {
        List<SimLog> logs = topics.get(p.topic());
        return logs == null || p.number() >= logs.size() ? Optional.empty() : Optional.of(logs.get(p.number()));
    }

    /** Deletes a topic and makes it again, as somebody may do at any moment. */
    void makeAgain(String topic) {
        create(topic, Objects.requireNonNull(topics.get(topic)).size());
    }

    /** Deletes the ledger and makes it again. */
    void makeLedgerAgain() {
        ledger.get(0).records().clear();
        cursor = null;
        cursorAt = 0;
        ledgerId += "+";
    }

    /** Puts a copy in the ledger's place, as a cluster that is mirrored has it. */
    void replaceLedgerByItsCopy() {
        ledgerId += "+";
    }

    /** Loses the last record of a partition and what stands behind it, as an unclean election of its leader does. */
    void loseTail(String topic, int partition) {
        List<Rec> records =
                Objects.requireNonNull(topics.get(topic)).get(partition).records();
        int last = records.size() - 1;
        while (!records.get(last).committed()) {
            last--;
        }
        records.subList(last, records.size()).clear();
    }

    /** Writes committed records of a partition once more, as a mirror does that delivers at least once. */
    void repeat(String topic, int partition, int from, int to) {
        SimLog log = Objects.requireNonNull(topics.get(topic)).get(partition);
        Txn txn = new Txn();
        for (Rec r : List.copyOf(log.records().subList(from, to))) {
            if (r.committed() && !r.gone()) {
                log.append(new Rec(r.key(), r.value(), r.op(), r.position(), r.schema(), now(), txn));
            }
        }
        txn.fate = Fate.COMMITTED;
        log.mark(txn, now());
    }

    /** Returns whether no transaction is open. */
    boolean isQuiet() {
        return writer == null || !writer.isOpen();
    }

    /** Returns whether the writer is the one that has fenced the others. */
    boolean isFirst(SimTopicWriter one) {
        return writer == one;
    }

    void fencedBy(SimTopicWriter one) {
        if (writer != null) {
            writer.end(Fate.ABORTED);
        }
        writer = one;
    }

    TopicFacts facts(String topic) {
        return new TopicFacts(
                topic,
                Objects.requireNonNull(ids.get(topic)),
                Objects.requireNonNull(topics.get(topic)).size(),
                minCompactionLag,
                deleteRetention);
    }

    void requireAnswers() {
        if (silent) {
            throw new RetriableException("the cluster does not answer");
        }
    }

    TopicWriter openWriter(Calls calls) {
        return new SimTopicWriter(this, calls);
    }

    TopicKeys openKeys(Calls calls, TopicInfo topic, OffsetVector from, OffsetVector end) {
        return new SimTopicKeys(Objects.requireNonNull(topics.get(topic.topic())), calls, from, end);
    }

    TopicStore openStore(Calls calls) {
        return new SimTopicStore(this, calls, rules);
    }

    /** Compacts a topic's partition; the ledger, whose records have no least age, if there is no topic of the name. */
    void compact(String topic, int partition) {
        List<SimLog> logs = topics.get(topic);
        if (logs == null) {
            ledger.get(0).compact(now(), Duration.ZERO, deleteRetention);
        } else {
            logs.get(partition % logs.size()).compact(now(), minCompactionLag, deleteRetention);
        }
    }

    /** Returns the newest cursor that a reader of the ledger sees, or null. */
    @Nullable
    Cursor cursor() {
        List<Rec> records = ledger.get(0).records();
        int stable = ledger.get(0).stable();
        for (int i = stable - 1; i >= cursorAt; i--) {
            Rec r = records.get(i);
            if (r.committed() && LedgerKey.CURSOR.equals(r.key())) {
                cursor = LedgerCodec.decodeCursor(Objects.requireNonNull(r.value()));
                break;
            }
        }
        cursorAt = stable;
        return cursor;
    }

    /** Returns a record of the ledger. */
    Rec ledgerRecord(String key, byte @Nullable [] value, Txn txn) {
        return new Rec(key, value, Op.UPDATE, Position.ZERO, "", now(), txn);
    }
}
