package dev.freshet.relay.sim;

import dev.freshet.model.Change;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerContents;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.StreamWriteException;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.relay.port.TopicsDamagedException;
import dev.freshet.relay.port.TopicsSeen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
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
        /** What it wrote to: the first offset, and the one behind the last. */
        private final Map<List<Rec>, long[]> touched = new IdentityHashMap<>();
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

    /** Whether topics of streams take no records. */
    boolean refuses;

    final List<List<Rec>> ledger = List.of(new ArrayList<>());
    private @Nullable String ledgerId;
    private final RelaySettings settings;
    private final Chaos chaos;
    private @Nullable Writer writer;

    SimKafka(RelaySettings settings, Chaos chaos) {
        this.settings = settings;
        this.chaos = chaos;
    }

    /** Deletes a topic and makes it again, as somebody may do at any moment. */
    void makeAgain(String topic) {
        List<List<Rec>> partitions = new ArrayList<>();
        topics.get(topic).forEach(p -> partitions.add(new ArrayList<>()));
        topics.put(topic, partitions);
        ids.merge(topic, "", (id, none) -> id + '+');
    }

    /** Deletes the ledger and makes it again. */
    void makeLedgerAgain() {
        ledger.get(0).clear();
        ledgerId += "+";
    }

    /** Puts a copy in the ledger's place, as a cluster that is mirrored has it. */
    void replaceLedgerByItsCopy() {
        ledgerId += "+";
    }

    /** Loses the last record of a partition and what stands behind it, as an unclean election of its leader does. */
    void loseTail(String topic, int partition) {
        List<Rec> records = topics.get(topic).get(partition);
        int last = records.size() - 1;
        while (!records.get(last).committed()) {
            last--;
        }
        records.subList(last, records.size()).clear();
    }

    /** Returns whether no transaction is open. */
    boolean isQuiet() {
        return writer == null || writer.txn.fate != Fate.OPEN;
    }

    TopicWriter openWriter() {
        return new Writer();
    }

    TopicStore openStore() {
        return new Store();
    }

    private final class Writer implements TopicWriter {
        private Txn txn = new Txn();
        private long ledgerEnd;

        @Override
        public void fence() {
            chaos.step();
            if (writer != null) {
                writer.end(Fate.ABORTED);
            }
            writer = this;
            txn.fate = Fate.COMMITTED;
        }

        @Override
        public void ledgerEndsAt(long end) {
            ledgerEnd = end;
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
            int end = partition.size();
            txn.touched.computeIfAbsent(partition, p -> new long[] {end - 1, end})[1] = end;
        }

        @Override
        public void flush(TopicEnds ends) {
            chaos.step();
            requireMine();
            if (refuses) {
                throw new StreamWriteException(
                        Simulation.TOPIC, StreamWriteException.Kind.PASSING, "no record is taken", null);
            }
            Map<String, String> damages = new HashMap<>();
            topics.forEach((name, partitions) -> {
                for (int p = 0; p < partitions.size(); p++) {
                    long[] written = txn.touched.get(partitions.get(p));
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
            append(ledger.get(0), new Rec(key, value, Position.ZERO, txn));
        }

        @Override
        public void commit() {
            chaos.step();
            requireMine();
            long[] written = txn.touched.get(ledger.get(0));
            if (written[0] < ledgerEnd) {
                throw new LedgerLostException(settings, "It was written up to " + ledgerEnd);
            }
            ledgerEnd = written[1];
            end(Fate.COMMITTED);
            chaos.step();
        }

        @Override
        public void giveUp() {
            requireMine();
            end(Fate.ABORTED);
        }

        private void end(Fate fate) {
            if (txn.fate == Fate.OPEN) {
                txn.fate = fate;
                txn.touched.keySet().forEach(p -> p.add(new Rec(null, null, Position.ZERO, txn)));
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
        public TopicsSeen look(Collection<StreamSettings> streams) {
            chaos.step();
            if (silent) {
                throw new RetriableException("the cluster does not answer");
            }
            if (blindLooks > 0) {
                blindLooks--;
                return new TopicsSeen(null, Map.of());
            }
            Map<String, TopicState> states = new HashMap<>();
            for (StreamSettings s : streams) {
                find(s.name(), s.topic()).ifPresent(info -> states.put(s.name(), state(info, topics.get(s.topic()))));
            }
            return new TopicsSeen(
                    ledgerId == null ? null : state(new TopicInfo("ledger", settings.ledger(), ledgerId, 1), ledger),
                    states);
        }

        private TopicState state(TopicInfo info, List<List<Rec>> partitions) {
            OffsetVector begins = OffsetVector.of(new long[info.partitions()]);
            OffsetVector ends =
                    OffsetVector.of(partitions.stream().mapToLong(List::size).toArray());
            return new TopicState(info, begins, ends, List.of());
        }

        @Override
        public TopicInfo createLedger() {
            chaos.step();
            ledgerId = "id";
            return new TopicInfo("ledger", settings.ledger(), ledgerId, 1);
        }

        @Override
        public LedgerContents readLedger() {
            chaos.step();
            LedgerContents contents = new LedgerContents(ledger.get(0).size());
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
            String id = ids.merge(s.topic(), "id", (last, none) -> last + '+');
            return new TopicInfo(s.name(), s.topic(), id, s.partitions());
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
