package dev.freshet.simulation;

import dev.freshet.model.json.JsonWriter;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The simulated source: some tables, their log, and transactions that become visible late. */
final class SimDatabase {
    static final int KEYS = 12;
    private static final int EMPTIED = -1;

    /** Something that a transaction did: a row set or (value null) deleted, or a watermark. */
    record Item(
            String stream,
            int key,
            @Nullable String value,
            boolean existed,
            @Nullable String mark) {
        /** Returns whether it emptied the table, which breaks the stream. */
        boolean truncates() {
            return key < 0 && mark == null;
        }
    }

    /** A transaction; the log has no row messages of a silent one, such as DDL. */
    record Tx(long xid, long lsn, long endLsn, Instant at, List<Item> items, boolean silent) {}

    final List<String> streams;
    final List<Tx> log = new ArrayList<>();
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
    /** What happens while a sample is taken, between the log's position and the catalog. */
    Runnable onSample = () -> {};

    private final Map<String, String> catalogs = new HashMap<>();
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

    /** Returns the catalog entry of a stream's table. */
    String catalog(String stream) {
        return catalogs.getOrDefault(stream, "catalog");
    }

    void mark(String text) {
        append(List.of(new Item("", -1, null, false, text)), false);
    }

    /** Commits a transaction of other tables, which moves the log on. */
    void commitElsewhere() {
        append(List.of(), false);
    }

    void truncate(String stream) {
        append(List.of(emptied(stream)), false);
    }

    private Item emptied(String stream) {
        table(stream).clear();
        return new Item(stream, EMPTIED, null, false, null);
    }

    private Item set(String stream, int key) {
        String value = "v" + ++counter;
        return new Item(stream, key, value, table(stream).put(key, value) != null, null);
    }

    private Item removed(String stream, int key) {
        return new Item(stream, key, null, table(stream).remove(key) != null, null);
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
            catalogs.put(stream, catalog(stream) + '-' + key);
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
        List<Item> items = new ArrayList<>();
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
        Set<String> locked = new HashSet<>();
        for (Tx tx : log) {
            if (invisible.contains(tx.xid())) {
                tx.items().forEach(i -> locked.add(i.stream() + i.key()));
            }
        }
        List<Item> items = new ArrayList<>();
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
        append(items, late);
    }

    private void append(List<Item> items, boolean late) {
        append(items, late, false);
    }

    private void append(List<Item> items, boolean late, boolean silent) {
        long lsn = end;
        end += 8L * (1 + items.size());
        long xid = nextXid++;
        log.add(new Tx(xid, lsn, end, clock.instant(), items, silent));
        if (late) {
            invisible.add(xid);
        }
    }

    /** What a new snapshot shows. */
    Map<Integer, String> visible(String stream) {
        return replay(stream, Long.MAX_VALUE, invisible);
    }

    /** What the source held when the log ended at the position. */
    Map<Integer, String> at(String stream, long lsn) {
        return replay(stream, lsn, Set.of());
    }

    private Map<Integer, String> replay(String stream, long lsn, Set<Long> without) {
        Map<Integer, String> state = new TreeMap<>();
        for (Tx tx : log) {
            if (tx.endLsn() > lsn || without.contains(tx.xid())) {
                continue;
            }
            for (Item i : tx.items()) {
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
