package dev.freshet.relay.sim;

import dev.freshet.model.Change;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The simulated cluster: topics whose records are decided by transactions, with their markers, and a fence. */
final class SimKafka {
    private enum Fate {
        OPEN,
        COMMITTED,
        ABORTED
    }

    private static final class Txn {
        private Fate fate = Fate.OPEN;
        private final List<List<Rec>> touched = new ArrayList<>();
    }

    /** A record, or a marker, which has no key. */
    record Rec(@Nullable String key, byte @Nullable [] value, Position position, Object txn) {
        boolean committed() {
            return key != null && ((Txn) txn).fate == Fate.COMMITTED;
        }
    }

    final Map<String, List<List<Rec>>> topics = new HashMap<>();
    final Map<String, String> ids = new HashMap<>();
    /** While set, no question about topics is answered. */
    boolean silent;
    /** How many looks are answered by a broker that does not know the topics yet. */
    int blindLooks;

    final List<List<Rec>> ledger = List.of(new ArrayList<>());
    private final Chaos chaos;
    private @Nullable Writer writer;

    SimKafka(Chaos chaos) {
        this.chaos = chaos;
    }

    /** Deletes a topic and makes it again, as somebody may do at any moment. */
    void makeAgain(String topic) {
        List<List<Rec>> partitions = new ArrayList<>();
        topics.get(topic).forEach(p -> partitions.add(new ArrayList<>()));
        topics.put(topic, partitions);
        ids.merge(topic, "", (id, none) -> id + '+');
    }

    TopicWriter openWriter() {
        return new Writer();
    }

    TopicStore openStore() {
        return new Store();
    }

    private final class Writer implements TopicWriter {
        private Txn txn = new Txn();

        @Override
        public void fence() {
            chaos.step();
            if (writer != null) {
                writer.end(Fate.ABORTED);
            }
            writer = this;
            txn.fate = Fate.COMMITTED;
        }

        private void requireMine() {
            if (writer != this) {
                throw new FencedException("fenced", new IllegalStateException("epoch"));
            }
        }

        @Override
        public void begin() {
            requireMine();
            txn = new Txn();
        }

        @Override
        public void send(TopicInfo topic, Change change) {
            chaos.step();
            requireMine();
            int partition = Math.floorMod(Arrays.hashCode(change.key()), topic.partitions());
            append(
                    topics.get(topic.topic()).get(partition),
                    new Rec(text(change.key()), change.value(), change.position(), txn));
        }

        private void append(List<Rec> partition, Rec rec) {
            partition.add(rec);
            if (!txn.touched.contains(partition)) {
                txn.touched.add(partition);
            }
        }

        @Override
        public void flush(TopicEnds ends) {
            chaos.step();
            requireMine();
            topics.forEach((name, partitions) -> {
                for (int p = 0; p < partitions.size(); p++) {
                    if (txn.touched.contains(partitions.get(p))) {
                        ends.raise(name, p, partitions.get(p).size());
                    }
                }
            });
        }

        @Override
        public void writeLedger(String key, byte @Nullable [] value) {
            requireMine();
            append(ledger.get(0), new Rec(key, value, Position.ZERO, txn));
        }

        @Override
        public void commit() {
            chaos.step();
            requireMine();
            end(Fate.COMMITTED);
            chaos.step();
        }

        private void end(Fate fate) {
            if (txn.fate == Fate.OPEN) {
                txn.fate = fate;
                txn.touched.forEach(p -> p.add(new Rec(null, null, Position.ZERO, txn)));
            }
        }

        @Override
        public void close() {}
    }

    private final class Store implements TopicStore {
        @Override
        public List<String> checkCluster() {
            return List.of();
        }

        @Override
        public Map<String, TopicState> look(Collection<StreamSettings> streams) {
            if (silent) {
                throw new RetriableException("the cluster does not answer");
            }
            Map<String, TopicState> states = new HashMap<>();
            if (blindLooks > 0) {
                blindLooks--;
                return states;
            }
            for (StreamSettings s : streams) {
                find(s.name(), s.topic()).ifPresent(info -> {
                    OffsetVector ends = OffsetVector.of(ends(List.of(info)).get(s.topic()));
                    OffsetVector begins = OffsetVector.of(new long[info.partitions()]);
                    states.put(s.name(), new TopicState(info, begins, ends, List.of()));
                });
            }
            return states;
        }

        @Override
        public void ensureLedger() {
            chaos.step();
        }

        @Override
        public LedgerContents readLedger() {
            chaos.step();
            LedgerContents contents = new LedgerContents();
            for (Rec r : ledger.get(0)) {
                if (r.committed()) {
                    contents.put(String.valueOf(r.key()), r.value());
                }
            }
            return contents;
        }

        @Override
        public Optional<TopicInfo> find(String stream, String topic) {
            List<List<Rec>> found = topics.get(topic);
            return found == null
                    ? Optional.empty()
                    : Optional.of(new TopicInfo(stream, topic, ids.get(topic), found.size()));
        }

        @Override
        public TopicInfo create(StreamSettings s) {
            chaos.step();
            List<List<Rec>> partitions = new ArrayList<>();
            for (int p = 0; p < s.partitions(); p++) {
                partitions.add(new ArrayList<>());
            }
            topics.put(s.topic(), partitions);
            ids.put(s.topic(), "id");
            return new TopicInfo(s.name(), s.topic(), "id", s.partitions());
        }

        @Override
        public Map<String, long[]> ends(Collection<TopicInfo> wanted) {
            Map<String, long[]> ends = new HashMap<>();
            for (TopicInfo t : wanted) {
                ends.put(
                        t.topic(),
                        topics.get(t.topic()).stream().mapToLong(List::size).toArray());
            }
            return ends;
        }

        @Override
        public void delete(Collection<String> names) {
            names.forEach(topics::remove);
        }

        @Override
        public void close() {}
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
