package dev.freshet.simulation;

import dev.freshet.model.json.JsonWriter;
import dev.freshet.model.ledger.TimelineRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The simulated source: some tables, their log, and transactions that become visible late. */
final class SimDatabase {
    static final int KEYS = 12;
    /** How a catalog entry begins. */
    static final String CATALOG = "catalog";

    /** How a catalog entry ends under which the table has to be captured anew. */
    static final String ANEW = "!";

    private static final int EMPTIED = -1;

    /** A catalog entry from a position on. */
    private record Ddl(String stream, long endLsn, String catalog) {}

    /** What the source was from a time on. */
    record History(List<SimTx> log, Instant since) {}

    final List<String> streams;
    final SimOutbox outbox = new SimOutbox(this);
    private final Map<Integer, List<SimTx>> logByEpoch = new HashMap<>();
    private List<SimTx> log = new ArrayList<>();
    /** What the source was and is, oldest first. */
    final List<History> histories = new ArrayList<>(List.of(new History(log, Instant.MIN)));

    private List<Ddl> ddl = new ArrayList<>();
    final Set<Long> invisible = new HashSet<>();
    final Map<String, Map<Integer, String>> tables = new HashMap<>();
    private final InstantSource clock;
    long nextXid = 100;
    long end = 1_000;
    long confirmed = -1;
    /** The process that reads the slot, or 0. */
    int reader;

    boolean slotDropped;
    /** What happens right after a window of rows was read, and after keys were looked up. */
    Runnable onWindow = () -> {};

    Runnable onLookup = () -> {};
    /** What happens right before the log is opened. */
    Runnable onOpen = () -> {};
    /** What happens while a sample is taken, between the log's position and the catalog. */
    Runnable onSample = () -> {};

    String system = "7";
    long timeline = 1;
    /** The timelines that were left, by the position at which. */
    List<TimelineRecord> timelines = List.of();
    /** Where the slot was made. */
    long slotMadeAt;
    /** Which run of the server it is; connections of another one are lost. */
    int run;
    /** Whether nobody writes, so that the log shows yet that the server was restored. */
    boolean sealed;

    private int readers;
    private int counter;

    SimDatabase(List<String> streams, InstantSource clock) {
        this.streams = streams;
        this.clock = clock;
        streams.forEach(s -> tables.put(s, new TreeMap<>()));
    }

    /** Returns the number of a process that begins to read the slot. */
    int startReader() {
        reader = ++readers;
        return reader;
    }

    /** Returns the log of the server as it is now. */
    List<SimTx> log() {
        return log;
    }

    /** Returns the log from which an epoch's records are. */
    List<SimTx> log(int epoch) {
        return logByEpoch.getOrDefault(epoch, log);
    }

    /** Returns what the source has become since it had a log, oldest first. */
    List<History> since(List<SimTx> followed) {
        for (int i = histories.size() - 1; i >= 0; i--) {
            if (histories.get(i).log() == followed) {
                return histories.subList(i + 1, histories.size());
            }
        }
        return List.of();
    }

    /** The log is followed under an epoch. */
    void followed(int epoch) {
        logByEpoch.put(epoch, log);
        sealed = false;
    }

    /** The slot is made. */
    void makeSlot() {
        confirmed = end;
        slotMadeAt = end;
        slotDropped = false;
        sealed = false;
    }

    void dropSlot() {
        confirmed = -1;
        slotDropped = false;
        reader = 0;
    }

    /**
     * The server is another one from now on, whose log is this one up to a position; its slot is whatever the caller makes of it.
     *
     * @param lsn a boundary
     */
    void cutAt(long lsn) {
        become(log.stream().filter(tx -> tx.endLsn() <= lsn).toList(), lsn);
    }

    /** The server is another one from now on, which has the rows of a position and another log. */
    void copyOf(long lsn, long newEnd) {
        List<SimItem> items = new ArrayList<>();
        streams.forEach(s -> at(s, log, lsn).forEach((key, value) -> items.add(new SimItem(s, key, value, false))));
        items.addAll(outbox.loaded(lsn));
        become(List.of(new SimTx(nextXid++, newEnd - 8, newEnd, clock.instant(), items, true)), newEnd);
    }

    private void become(List<SimTx> other, long otherEnd) {
        log = new ArrayList<>(other);
        ddl = new ArrayList<>(ddl.stream().filter(d -> d.endLsn() <= otherEnd).toList());
        end = otherEnd;
        restart();
        histories.add(new History(log, clock.instant()));
        streams.forEach(s -> tables.put(s, at(s, log, Long.MAX_VALUE)));
    }

    /** All connections are lost. */
    void restart() {
        run++;
        reader = 0;
        invisible.clear();
        outbox.restarted();
    }

    /** Returns the catalog entry of a stream's table. */
    String catalog(String stream) {
        for (int i = ddl.size() - 1; i >= 0; i--) {
            if (ddl.get(i).stream().equals(stream)) {
                return ddl.get(i).catalog();
            }
        }
        return CATALOG;
    }

    /** Changes some rows of a table, or all, without a row message; the catalog tells. */
    void rewrite(String stream, Random random) {
        if (isWritten(stream)) {
            return;
        }
        List<SimItem> items = new ArrayList<>();
        int how = random.nextInt(3);
        for (int key = 0; key < KEYS; key++) {
            boolean there = table(stream).containsKey(key);
            if (how == 0 && there) {
                items.add(set(stream, key));
            } else if (how != 0 && random.nextInt(3) == 0 && there == (how == 1)) {
                items.add(there ? removed(stream, key) : set(stream, key));
            }
        }
        append(items, false, true);
        ddl.add(new Ddl(stream, end, CATALOG + nextXid + (random.nextBoolean() ? ANEW : "")));
    }

    void mark(String text) {
        append(List.of(SimItem.mark(text)), false);
    }

    /** Commits a transaction of other tables, which moves the log on. */
    void commitElsewhere() {
        append(List.of(), false);
    }

    void truncate(String stream) {
        append(List.of(emptied(stream)), false);
    }

    private SimItem emptied(String stream) {
        table(stream).clear();
        return new SimItem(stream, EMPTIED, null, false);
    }

    private SimItem set(String stream, int key) {
        String value = "v" + ++counter;
        return new SimItem(stream, key, value, table(stream).put(key, value) != null);
    }

    private SimItem removed(String stream, int key) {
        return new SimItem(stream, key, null, table(stream).remove(key) != null);
    }

    /** Commits a row. */
    void put(String stream, int key, boolean late) {
        append(List.of(set(stream, key)), late);
    }

    /** Commits rows of all keys in one transaction. */
    void putAll(String stream) {
        append(IntStream.range(0, KEYS).mapToObj(key -> set(stream, key)).toList(), false);
    }

    /** Commits a row's end. */
    void remove(String stream, int key) {
        append(List.of(removed(stream, key)), false);
    }

    /** Takes a row away without a row message, as a partition that is detached; returns whether there was one. */
    boolean vanish(String stream, int key) {
        if (isWritten(stream) || !table(stream).containsKey(key)) {
            return false;
        }
        append(List.of(removed(stream, key)), false, true);
        return true;
    }

    /** Detaches the partition of a row, which the catalog tells; the log has no row message. */
    void detach(String stream, int key) {
        if (vanish(stream, key)) {
            ddl.add(new Ddl(stream, end, catalog(stream) + '-' + key));
        }
    }

    /** Commits a transaction that empties the table, and then has a row again. */
    void truncateAndPut(String stream, int key) {
        append(List.of(emptied(stream), set(stream, key)), false);
    }

    /** Commits a transaction that writes, empties the table, and writes again; it waits for all others that wrote. */
    void truncateAmidst(String stream, Random random, boolean late) {
        if (isWritten(stream)) {
            return;
        }
        List<SimItem> items = new ArrayList<>();
        for (boolean emptied : new boolean[] {false, true}) {
            for (int n = random.nextInt(3); n > 0; n--) {
                items.add(set(stream, random.nextInt(KEYS)));
            }
            if (!emptied) {
                items.add(emptied(stream));
            }
        }
        append(items, late);
    }

    /** Returns whether a transaction that is not visible yet has written the table, which it locks. */
    private boolean isWritten(String stream) {
        return !invisible.isEmpty()
                && log.stream()
                        .anyMatch(tx -> invisible.contains(tx.xid())
                                && tx.items().stream().anyMatch(i -> i.stream().equals(stream)));
    }

    private Map<Integer, String> table(String stream) {
        return tables.computeIfAbsent(stream, s -> new TreeMap<>());
    }

    /** Commits a transaction of some changes; keys of transactions that are not visible yet are locked. */
    void commitSomething(Random random, boolean late) {
        append(something(random), late);
    }

    /** Changes some rows, which the caller commits. */
    List<SimItem> something(Random random) {
        Set<String> locked = new HashSet<>();
        for (SimTx tx : log) {
            if (invisible.contains(tx.xid())) {
                tx.items().forEach(i -> locked.add(i.stream() + i.key()));
            }
        }
        List<SimItem> items = new ArrayList<>();
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3);
        for (int i = 0; i < count; i++) {
            String stream = streams.get(random.nextInt(streams.size()));
            int key = random.nextInt(KEYS);
            if (locked.contains(stream + key) || locked.contains(stream + EMPTIED)) {
                continue;
            }
            boolean ends = table(stream).containsKey(key) && random.nextInt(4) == 0;
            items.add(ends ? removed(stream, key) : set(stream, key));
        }
        return items;
    }

    void append(List<SimItem> items, boolean late) {
        append(items, late, false);
    }

    void append(List<SimItem> items, boolean late, boolean silent) {
        append(nextXid++, items, late, silent);
    }

    /** Commits under a transaction id that was allotted before. */
    void append(long xid, List<SimItem> items, boolean late, boolean silent) {
        long lsn = end;
        end += 8L * (1 + items.size());
        log.add(new SimTx(xid, lsn, end, clock.instant(), items, silent));
        if (late) {
            invisible.add(xid);
        }
    }

    /** What a new snapshot shows. */
    Map<Integer, String> visible(String stream) {
        return invisible.isEmpty()
                ? table(stream)
                : replay(stream, log, Long.MAX_VALUE, tx -> invisible.contains(tx.xid()));
    }

    /** What the source of a log held when that ended at the position. */
    Map<Integer, String> at(String stream, List<SimTx> from, long lsn) {
        return replay(stream, from, lsn, tx -> false);
    }

    /**
     * The same as if the silent transactions from one on had not been, for each one since a time: who has read rows between two
     * of them has seen the first, and no other.
     */
    List<Map<Integer, String>> unseen(String stream, List<SimTx> from, long lsn, Instant since) {
        return from.stream()
                .filter(tx -> tx.silent() && tx.endLsn() <= lsn && !tx.at().isBefore(since))
                .map(first -> replay(stream, from, lsn, tx -> tx.silent() && tx.endLsn() >= first.endLsn()))
                .toList();
    }

    private Map<Integer, String> replay(String stream, List<SimTx> from, long lsn, Predicate<SimTx> without) {
        Map<Integer, String> state = new TreeMap<>();
        for (SimTx tx : from) {
            if (tx.endLsn() > lsn || without.test(tx)) {
                continue;
            }
            for (SimItem i : tx.items()) {
                if (!i.stream().equals(stream)) {
                    continue;
                }
                if (i.truncates()) {
                    state.clear();
                } else if (i.value() != null) {
                    state.put(i.key(), i.value());
                } else {
                    state.remove(i.key());
                }
            }
        }
        return state;
    }

    static byte[] key(int key) {
        return new JsonWriter().beginObject().name("id").number(key).endObject().toBytes();
    }

    static byte[] row(int key, String value) {
        return new JsonWriter()
                .beginObject()
                .name("id")
                .number(key)
                .name("v")
                .string(value)
                .endObject()
                .toBytes();
    }
}
