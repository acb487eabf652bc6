package dev.freshet.simulation;

import dev.freshet.model.Change;
import dev.freshet.model.EventRecord;
import dev.freshet.model.RetriableException;
import dev.freshet.model.TopicRecord;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.StreamWriteException;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.relay.port.TopicsDamagedException;
import dev.freshet.simulation.SimLog.Fate;
import dev.freshet.simulation.SimLog.Rec;
import dev.freshet.simulation.SimLog.Txn;
import dev.freshet.stream.Partition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The transactional producers of one relay. */
final class SimTopicWriter implements TopicWriter {
    /** What a transaction has sent to a partition, as the brokers acknowledged it, whatever became of the topic since. */
    private static final class Sent {
        final int first;
        int end;
        int count;

        Sent(int first) {
            this.first = first;
        }

        void one(int endNow) {
            end = endNow;
            count++;
        }
    }

    private final SimKafka kafka;
    private final Calls calls;
    private final Map<Partition, Sent> sent = new TreeMap<>();
    private Txn txn = new Txn();
    private long ledgerEnd;

    SimTopicWriter(SimKafka kafka, Calls calls) {
        this.kafka = kafka;
        this.calls = calls;
    }

    /** Asks for a call that is not done if the connection is lost. */
    private void call() {
        if (calls.call() != Calls.Trouble.NONE) {
            throw away();
        }
    }

    private static RetriableException away() {
        return new RetriableException("The cluster is away");
    }

    @Override
    public void fence() {
        call();
        kafka.fencedBy(this);
        txn.fate = Fate.COMMITTED;
    }

    @Override
    public void ledgerEndsAt(long end) {
        ledgerEnd = end;
    }

    private void requireMine() {
        if (!kafka.isFirst(this)) {
            throw new FencedException("fenced", new IllegalStateException("epoch"));
        }
    }

    boolean isOpen() {
        return txn.fate == Fate.OPEN;
    }

    @Override
    public void begin() {
        requireMine();
        txn = new Txn();
        sent.clear();
    }

    @Override
    public void send(TopicInfo topic, TopicRecord record) {
        call();
        requireMine();
        byte[] key = record.key();
        // what has no key is spread by its position
        int partition =
                Math.floorMod(Arrays.hashCode(key == null ? record.position().toBytes() : key), topic.partitions());
        Partition to = new Partition(topic.topic(), partition);
        List<SimLog> logs = kafka.topics.get(topic.topic());
        if (logs == null) {
            throw new StreamWriteException(
                    topic.topic(), StreamWriteException.Kind.PASSING, "there is no such topic", null);
        }
        SimLog log = logs.get(partition);
        log.append(record instanceof Change change ? change(change) : new Rec((EventRecord) record, kafka.now(), txn));
        sent.computeIfAbsent(to, p -> new Sent(log.size() - 1)).one(log.size());
    }

    private Rec change(Change change) {
        kafka.vanished += change.value() == null && change.position().sub() > 0 ? 1 : 0;
        return new Rec(
                new String(change.key(), StandardCharsets.UTF_8),
                change.value(),
                change.op(),
                kafka.position(change.position()),
                change.schemaVersion(),
                kafka.now(),
                txn);
    }

    @Override
    public void flush(TopicEnds ends) {
        call();
        requireMine();
        if (kafka.refuses) {
            throw new StreamWriteException(
                    kafka.topics.keySet().iterator().next(),
                    StreamWriteException.Kind.PASSING,
                    "no record is taken",
                    null);
        }
        Map<String, String> damages = new HashMap<>();
        sent.forEach((p, records) -> {
            String damage = ends.raise(p.topic(), p.number(), records.first, records.end, records.count);
            if (damage != null) {
                damages.put(p.topic(), damage);
            }
        });
        if (!damages.isEmpty()) {
            throw new TopicsDamagedException(damages);
        }
    }

    @Override
    public void writeLedger(String key, byte @Nullable [] value) {
        requireMine();
        kafka.ledger.get(0).append(kafka.ledgerRecord(key, value, txn));
    }

    @Override
    public void commit() {
        Calls.Trouble trouble = calls.call();
        kafka.whileCommitting.run();
        requireMine();
        if (trouble == Calls.Trouble.BEFORE) {
            throw away();
        }
        long[] written = Objects.requireNonNull(txn.touched.get(kafka.ledger.get(0)));
        if (written[0] < ledgerEnd) {
            throw new LedgerLostException(kafka.settings, "It was written up to " + ledgerEnd);
        }
        ledgerEnd = written[1];
        end(Fate.COMMITTED);
        if (trouble == Calls.Trouble.AFTER) {
            throw away();
        }
        calls.step();
    }

    @Override
    public void giveUp() {
        requireMine();
        end(Fate.ABORTED);
    }

    void end(Fate fate) {
        if (txn.fate == Fate.OPEN) {
            txn.fate = fate;
            Set<SimLog> marked = new HashSet<>(txn.touched.keySet());
            // of a topic that was made again the new one gets the marker, too
            sent.keySet().forEach(p -> kafka.log(p).ifPresent(marked::add));
            marked.forEach(log -> log.mark(txn, kafka.now()));
        }
    }

    @Override
    public void close() {}
}
