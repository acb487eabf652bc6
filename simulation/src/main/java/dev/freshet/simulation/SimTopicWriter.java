package dev.freshet.simulation;

import dev.freshet.model.Change;
import dev.freshet.model.RetriableException;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The transactional producers of one relay. */
final class SimTopicWriter implements TopicWriter {
    private final SimKafka kafka;
    private final Calls calls;
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
    }

    @Override
    public void send(TopicInfo topic, Change change) {
        call();
        requireMine();
        int partition = Math.floorMod(Arrays.hashCode(change.key()), topic.partitions());
        List<SimLog> logs = kafka.topics.get(topic.topic());
        if (logs == null) {
            throw new StreamWriteException(
                    topic.topic(), StreamWriteException.Kind.PASSING, "there is no such topic", null);
        }
        kafka.vanished += change.value() == null && change.position().sub() > 0 ? 1 : 0;
        logs.get(partition)
                .append(new Rec(
                        new String(change.key(), StandardCharsets.UTF_8),
                        change.value(),
                        change.op(),
                        kafka.position(change.position()),
                        change.schemaVersion(),
                        kafka.now(),
                        txn));
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
        kafka.topics.forEach((name, logs) -> {
            for (int p = 0; p < logs.size(); p++) {
                long[] written = txn.touched.get(logs.get(p));
                String damage = written == null ? null : ends.raise(name, p, written[0], written[1]);
                if (damage != null) {
                    damages.put(name, damage);
                }
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
            txn.touched.keySet().forEach(log -> log.mark(txn, kafka.now()));
        }
    }

    @Override
    public void close() {}
}
